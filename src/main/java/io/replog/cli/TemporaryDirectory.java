package io.replog.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A directory that does not outlive its command. */
final class TemporaryDirectory {
  private TemporaryDirectory() {}

  /** Deletes it with all that is in it; what cannot be deleted is said. */
  static void delete(Path directory, PrintWriter out) {
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      out.println("Could not delete all of " + directory + ": " + e.getMessage());
    }
  }
}
