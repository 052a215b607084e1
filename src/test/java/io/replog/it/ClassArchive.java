package io.replog.it;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The classes of the jar as one run has loaded them, kept in a file of the JVM's: a process that
 * maps it starts with half the work, and these tests start more than a hundred. Made once a jar.
 */
final class ClassArchive {
  private static List<String> options;

  private ClassArchive() {}

  /** JVM options that use it; none if the JVM could not make it. */
  static synchronized List<String> options() {
    if (options == null) {
      try {
        Path archive = archive();
        if (!Files.exists(archive)) {
          make(archive);
        }
        options = Files.exists(archive) ? List.of("-XX:SharedArchiveFile=" + archive) : List.of();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return options;
  }

  private static Path archive() throws IOException {
    Path jar = ReplogProcess.jar();
    String name = "%d-%d.jsa".formatted(Files.size(jar), Files.getLastModifiedTime(jar).toMillis());
    Files.createDirectories(Processes.PARENT);
    return Processes.PARENT.resolve(name).toAbsolutePath();
  }

  /** A master that is alone takes an append, is read, and stops in order. */
  private static void make(Path archive) throws IOException {
    int port = Ports.free();
    Path data = Files.createTempDirectory(Processes.PARENT, "archive-").toAbsolutePath();
    Path made = data.resolve("made.jsa");
    List<String> command = new ArrayList<>();
    command.add(ReplogProcess.java().toString());
    command.addAll(ReplogProcess.SMALL);
    command.add("-XX:ArchiveClassesAtExit=" + made);
    command.addAll(List.of("-jar", ReplogProcess.jar().toString()));
    command.addAll(
        List.of("master", "--port", "" + port, "--data", data.resolve("node").toString()));
    File output = data.resolve("output").toFile();
    Process process =
        ReplogProcess.builder(command, java.util.Map.of("REPLOG_FAULTS_ENABLED", "true"))
            .redirectErrorStream(true)
            .redirectOutput(output)
            .start();
    try {
      NodeApi api = new NodeApi(TestNode.url(port));
      Wait.until(
          "a first node is ready: " + output,
          TestNode.TO_START,
          () -> api.ask("/health/readiness").status() == 200);
      api.append(Append.of("m").w(1)).expect(201);
      api.messages();
      api.records();
      api.cluster();
      api.get("/secondaries").expect(200);
      process.destroy();
      if (process.waitFor(60, TimeUnit.SECONDS) && Files.exists(made)) {
        Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
    if (!Files.exists(archive)) {
      System.out.println("no archive of classes, starts are slower; see " + output);
    } else {
      Processes.delete(data);
    }
  }
}
