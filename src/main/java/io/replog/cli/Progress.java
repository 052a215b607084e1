package io.replog.cli;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Says on a terminal how far a long command is, a few times a second; elsewhere nothing. */
final class Progress {
  private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final @Nullable PrintWriter terminal;
  private final String verb;
  private long saidNanos = System.nanoTime();
  private boolean said;

  Progress(PrintWriter err, String verb) {
    this.terminal = Screen.isATerminal() ? err : null;
    this.verb = verb;
  }

  /**
   * @param goal what it is on the way to, null where that is not known
   */
  void at(long sequence, @Nullable Long goal) {
    if (terminal != null && System.nanoTime() - saidNanos >= EVERY_NANOS) {
      saidNanos = System.nanoTime();
      said = true;
      terminal.print("\r" + verb + " up to " + sequence + (goal == null ? "" : " of " + goal));
      terminal.flush();
    }
  }

  /** Ends the line. */
  void end() {
    if (terminal != null && said) {
      terminal.println();
    }
  }
}
