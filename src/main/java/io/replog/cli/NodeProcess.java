package io.replog.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** A node that was started as a process of its own. */
final class NodeProcess {
  private static final long MAX_LOG = 16L << 20;

  private final NodePlan plan;
  private final Process process;
  private final LogTail tail;
  private boolean endKnown;

  private NodeProcess(NodePlan plan, Process process, LogTail tail) {
    this.plan = plan;
    this.process = process;
    this.tail = tail;
  }

  /**
   * Starts it; its output goes to its log file, behind what an earlier run left there. A log above
   * 16 MiB is put aside as {@code .log.1} first.
   *
   * @param environment what the node sees of this process's environment
   */
  static NodeProcess start(
      NodePlan plan,
      int number,
      ThisProgram program,
      ChildEnvironment environment,
      boolean everything)
      throws IOException {
    Path log = plan.log();
    if (Files.exists(log) && Files.size(log) > MAX_LOG) {
      Files.move(
          log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
    }
    long before = Files.exists(log) ? Files.size(log) : 0;
    List<String> command = new ArrayList<>(program.command());
    command.addAll(plan.arguments());
    command.addAll(List.of("--supervised-by", Long.toString(ProcessHandle.current().pid())));
    File output = log.toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output));
    builder.environment().keySet().removeAll(environment.withoutVariables());
    builder.environment().putAll(environment.added());
    Process process = builder.start();
    process.getOutputStream().close();
    return new NodeProcess(plan, process, new LogTail(log, before, plan.id(), number, everything));
  }

  NodePlan plan() {
    return plan;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Shows what it wrote since the last time. */
  void showOutput(PrintWriter out) {
    try {
      boolean more = true;
      while (more) {
        more = tail.show(out);
      }
    } catch (IOException e) {
      // its log went away: somebody cleans up
    }
  }

  /** True once, when it has ended. */
  boolean hasNewlyEnded() {
    if (endKnown || process.isAlive()) {
      return false;
    }
    endKnown = true;
    return true;
  }

  /** How it ended, in words. */
  String end() {
    int code = process.exitValue();
    return code > 128 && code < 128 + 65
        ? "was ended by signal " + (code - 128)
        : "ended with exit code " + code;
  }

  /** Asks it to stop. */
  void stop() {
    process.destroy();
  }

  /** Waits for its end as long as that; then takes it away. Returns whether it ended by itself. */
  boolean awaitEnd(long millis) throws InterruptedException {
    if (process.waitFor(Math.max(0, millis), java.util.concurrent.TimeUnit.MILLISECONDS)) {
      return true;
    }
    process.destroyForcibly().waitFor();
    return false;
  }
}
