package io.replog.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks a data directory off line. */
final class DirectoryCheck {
  private DirectoryCheck() {}

  static int run(Path directory, PrintWriter out, PrintWriter err) {
    if (!Files.isDirectory(directory)) {
      throw new CommandFailedException(directory + " is not a directory");
    }
    throw new CommandFailedException("verifying a directory is not connected yet");
  }
}
