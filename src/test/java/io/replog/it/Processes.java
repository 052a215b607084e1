package io.replog.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * The processes of a test or of a test class, with a temporary directory for their data. Ends all
 * of them, by process id, when the test or the class is over; what they wrote is printed when a
 * test fails, and their files are kept then.
 */
final class Processes
    implements AfterEachCallback,
        AfterAllCallback,
        TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler {
  private static final int LAST_LINES = 60;
  static final Path PARENT = Path.of("target", "it");

  private final boolean perClass;
  private final List<ReplogProcess> processes = new CopyOnWriteArrayList<>();
  private Path directory;
  private int numbered;
  private boolean failed;

  private Processes(boolean perClass) {
    this.perClass = perClass;
    Runtime.getRuntime().addShutdownHook(new Thread(this::endAll, "end of the nodes"));
  }

  /** For an instance field: the processes live as long as one test. */
  static Processes ofOneTest() {
    return new Processes(false);
  }

  /** For a static field: the processes live as long as the class's tests. */
  static Processes ofAllTests() {
    return new Processes(true);
  }

  /** The result of a command that ran to its end. */
  record Finished(int exitCode, String out, String err) {}

  /** A directory for data, not there yet. */
  Path newDirectory(String name) {
    return directory().resolve(name + "-" + numbered++);
  }

  /** A process that is not started yet. */
  ReplogProcess add(
      String name, List<String> jvm, List<String> arguments, Map<String, String> environment) {
    Path output = directory().resolve(name + "-" + numbered++ + ".out");
    ReplogProcess process = ReplogProcess.of(name, jvm, arguments, environment, output);
    processes.add(process);
    return process;
  }

  /** Runs a command to its end. */
  Finished run(String... arguments) {
    return run(Map.of(), "", arguments);
  }

  /** Runs a command with this on its standard input. */
  Finished run(Map<String, String> environment, String input, String... arguments) {
    List<String> command = ReplogProcess.command(ReplogProcess.SMALL, List.of(arguments));
    return run(ReplogProcess.builder(command, environment), input, Duration.ofSeconds(60));
  }

  private Finished run(ProcessBuilder builder, String input, Duration atMost) {
    Path out = directory().resolve("command-" + numbered++ + ".out");
    Path err = directory().resolve("command-" + numbered++ + ".err");
    String text = String.join(" ", builder.command());
    try {
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      try (var in = process.getOutputStream()) {
        in.write(input.getBytes(UTF_8));
      }
      if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(
            text
                + " has not ended in "
                + atMost
                + ": "
                + Files.readString(out)
                + Files.readString(err));
      }
      return new Finished(process.exitValue(), Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(text, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted during " + text, e);
    }
  }

  private synchronized Path directory() {
    if (directory == null) {
      try {
        Files.createDirectories(PARENT);
        directory = Files.createTempDirectory(PARENT, "nodes-").toAbsolutePath();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return directory;
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    printOutput(context);
    throw failure;
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    printOutput(context);
    throw failure;
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    printOutput(context);
    throw failure;
  }

  private void printOutput(ExtensionContext context) {
    failed = true;
    StringBuilder text = new StringBuilder();
    text.append("==== ")
        .append(context.getDisplayName())
        .append(" failed; files: ")
        .append(directory);
    for (ReplogProcess process : processes) {
      text.append("\n---- %s%n".formatted(process.name()));
      List<String> lines = process.wholeOutput().lines().toList();
      lines
          .subList(Math.max(0, lines.size() - LAST_LINES), lines.size())
          .forEach(line -> text.append(line).append('\n'));
    }
    System.out.println(text);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (!perClass) {
      close();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  /** Ends all of them now. */
  void endAll() {
    processes.forEach(ReplogProcess::close);
  }

  private synchronized void close() {
    endAll();
    processes.clear();
    if (directory != null && !failed) {
      delete(directory);
    }
    directory = null;
  }

  static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
