package io.replog.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The jar, run with certain arguments; may be started again after its end. What it writes goes to
 * one file over all its runs.
 */
final class ReplogProcess {
  /** Small and quick to start; a node of a few thousand messages needs no more. */
  static final List<String> SMALL =
      List.of(
          "-Xmx128m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-Xshare:auto");

  /** The heap that is enough for any log, and the compiler as it is in production. */
  static final List<String> AS_IN_PRODUCTION =
      List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-XX:-UsePerfData");

  private static final Duration TO_END = Duration.ofSeconds(20);

  private final String name;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Path output;
  private Process process;
  private long outputBefore;

  private ReplogProcess(
      String name, List<String> command, Map<String, String> environment, Path output) {
    this.name = name;
    this.command = command;
    this.environment = environment;
    this.output = output;
  }

  static ReplogProcess of(
      String name,
      List<String> jvm,
      List<String> arguments,
      Map<String, String> environment,
      Path output) {
    List<String> command = command(jvm, arguments);
    return new ReplogProcess(name, command, Map.copyOf(environment), output);
  }

  /** The whole command line; JVM options that name a class path end with the main class. */
  static List<String> command(List<String> jvm, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(java().toString());
    command.addAll(jvm);
    if (jvm.equals(SMALL)) {
      command.addAll(ClassArchive.options());
    }
    if (!jvm.contains("-cp")) {
      command.add("-jar");
      command.add(jar().toString());
    }
    command.addAll(arguments);
    return List.copyOf(command);
  }

  static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  static Path jar() {
    String jar = System.getProperty("replog.jar");
    if (jar == null || !Files.isRegularFile(Path.of(jar))) {
      throw new AssertionError("property replog.jar names no file: " + jar);
    }
    return Path.of(jar).toAbsolutePath();
  }

  /** A builder that sees nothing of this machine's own replog settings. */
  static ProcessBuilder builder(List<String> command, Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .keySet()
        .removeIf(
            name ->
                name.startsWith("REPLOG_")
                    || name.startsWith("SECONDAR")
                    || name.startsWith("MASTER_")
                    || List.of(
                            "PORT",
                            "SERVER_ID",
                            "DELAY_MS",
                            "REPLICATION_DELAY",
                            "NUM_SECONDARIES",
                            "JAVA_TOOL_OPTIONS")
                        .contains(name));
    builder.environment().putAll(environment);
    return builder;
  }

  String name() {
    return name;
  }

  synchronized void start() {
    if (process != null && process.isAlive()) {
      throw new IllegalStateException(name + " runs already");
    }
    try {
      outputBefore = Files.exists(output) ? Files.size(output) : 0;
      process =
          builder(command, environment)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .start();
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException("starting " + name, e);
    }
  }

  long pid() {
    return process.pid();
  }

  synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** kill -9: it has no chance to do anything more. Works on a paused process too. */
  void kill() {
    process.destroyForcibly();
    awaitExit(TO_END);
  }

  /** Asks it to stop, and does not wait. */
  void terminate() {
    process.destroy();
  }

  /** Asks it to stop and waits for its end. Returns its exit code. */
  int stop() {
    process.destroy();
    return awaitExit(TO_END);
  }

  /** It stops running where it is, connections open, until {@link #resume}. */
  void pause() {
    signal("STOP");
  }

  void resume() {
    signal("CONT");
  }

  private void signal(String signal) {
    try {
      int code = new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start().waitFor();
      if (code != 0) {
        throw new AssertionError("kill -" + signal + " " + name + " ended with " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Waits for its end. Returns its exit code. */
  int awaitExit(Duration atMost) {
    try {
      if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(name + " has not ended in " + atMost + ": " + output());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while " + name + " should end", e);
    }
  }

  /** What it has written since its last start. */
  String output() {
    String all = wholeOutput();
    byte[] bytes = all.getBytes(UTF_8);
    int from = (int) Math.min(outputBefore, bytes.length);
    return new String(bytes, from, bytes.length - from, UTF_8);
  }

  /** What it has written in all its runs. */
  String wholeOutput() {
    try {
      return Files.exists(output) ? new String(Files.readAllBytes(output), UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes it away, whatever its state. */
  synchronized void close() {
    if (process != null && process.isAlive()) {
      process.destroyForcibly();
      awaitExit(TO_END);
    }
  }
}
