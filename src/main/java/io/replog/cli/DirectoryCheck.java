package io.replog.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.replog.core.Hash;
import io.replog.storage.FileDisk;
import io.replog.storage.LogVerifier;
import io.replog.storage.StorageException;
import io.replog.storage.VerifyReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks a data directory off line, by the storage's own verifier. */
final class DirectoryCheck {
  private DirectoryCheck() {}

  /** Returns the exit code; damage is told with file and offset, each on a line. */
  static int run(Path directory, OutputFormat output, PrintWriter out, PrintWriter err) {
    if (!Files.isDirectory(directory)) {
      throw new CommandFailedException(directory + " is not a directory");
    }
    VerifyReport report;
    try {
      report = LogVerifier.verify(new FileDisk(directory));
    } catch (StorageException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()));
    }
    if (output == OutputFormat.json) {
      out.println(json(report));
      return report.damages().isEmpty() ? ExitCodes.DONE : ExitCodes.FAILED;
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

  private static String json(VerifyReport report) {
    Hash hash = report.lastHash();
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeBooleanField("whole", report.damages().isEmpty());
      json.writeNumberField("lastSequence", report.lastSequence());
      json.writeStringField("hash", hash == null ? null : hash.toString());
      json.writeNumberField("entries", report.entries());
      json.writeNumberField("segments", report.segments());
      json.writeNumberField("bytes", report.bytes());
      json.writeArrayFieldStart("damages");
      for (VerifyReport.Damage damage : report.damages()) {
        json.writeString(damage.toString());
      }
      json.writeEndArray();
      json.writeArrayFieldStart("notes");
      for (String note : report.notes()) {
        json.writeString(note);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("JSON into memory", e);
    }
    return text.toString();
  }
}
