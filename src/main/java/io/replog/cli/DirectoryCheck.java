package io.replog.cli;

import io.replog.core.Hash;
import io.replog.storage.FileDisk;
import io.replog.storage.LogVerifier;
import io.replog.storage.StorageException;
import io.replog.storage.VerifyReport;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks a data directory off line, by the storage's own verifier. */
final class DirectoryCheck {
  private DirectoryCheck() {}

  /** Returns the exit code; damage is told with file and offset, each on a line. */
  static int run(Path directory, PrintWriter out, PrintWriter err) {
    if (!Files.isDirectory(directory)) {
      throw new CommandFailedException(directory + " is not a directory");
    }
    VerifyReport report;
    try {
      report = LogVerifier.verify(new FileDisk(directory));
    } catch (StorageException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()));
    }
    for (VerifyReport.Damage damage : report.damages()) {
      err.println("replog: " + damage);
    }
    report.notes().forEach(out::println);
    Hash hash = report.lastHash();
    out.printf(
        "last sequence %d%nhash %s%n%d entries in %d segments, %d bytes%n",
        report.lastSequence(),
        hash == null ? "-" : hash,
        report.entries(),
        report.segments(),
        report.bytes());
    if (report.damages().isEmpty()) {
      out.println("The log is whole");
      return ExitCodes.DONE;
    }
    err.println("replog: the log is damaged; whole up to sequence " + report.lastSequence());
    return ExitCodes.FAILED;
  }
}
