package io.replog.cli.scenario;

import io.replog.client.Append;
import io.replog.client.ClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A client that appends one message after the other, as a user's program would: each with a key of
 * its own, asked for again with that key at the next master until it is answered. It remembers what
 * was answered and when. One thread writes; any may look.
 */
final class SteadyWriter {
  private static final Duration TO_WAIT = Duration.ofSeconds(2);
  private static final Duration BEFORE_ANOTHER_TRY = Duration.ofMillis(50);

  private final Cast cast;
  private final List<Stage.Member> masters;
  private final Step.Write plan;
  private final String run = UUID.randomUUID().toString();
  private final List<String> answered = new ArrayList<>();
  private final Thread thread;
  private long lastAnswerNanos = System.nanoTime();
  private long longestNanos;
  private boolean ended;

  /**
   * Begins.
   *
   * @param masters which it tries in turn, the active one first
   */
  SteadyWriter(Cast cast, List<Stage.Member> masters, Step.Write plan) {
    this.cast = cast;
    this.masters = List.copyOf(masters);
    this.plan = plan;
    this.thread = Thread.ofVirtual().name("writer " + plan.name()).start(this::write);
  }

  private void write() {
    int master = 0;
    for (int number = 1; !hasEnded(); number++) {
      String message = plan.name() + "-" + number;
      while (!hasEnded() && !append(masters.get(master % masters.size()), message)) {
        master++;
        pause(BEFORE_ANOTHER_TRY);
      }
      pause(plan.every());
    }
  }

  private boolean append(Stage.Member master, String message) {
    String key = run + "-" + message;
    try {
      Append append = new Append(List.of(message), plan.w(), null, TO_WAIT, key);
      if (!cast.ask(master).append(append).satisfied()) {
        return false;
      }
    } catch (ClientException e) {
      return false; // refused or unknown: the same key again tells
    }
    note(message);
    return true;
  }

  private synchronized void note(String message) {
    if (!ended) {
      answered.add(message);
      longestNanos = Math.max(longestNanos, sinceLastAnswer());
      lastAnswerNanos = System.nanoTime();
    }
  }

  private long sinceLastAnswer() {
    return System.nanoTime() - lastAnswerNanos;
  }

  private static void pause(Duration length) {
    try {
      Thread.sleep(length);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean hasEnded() {
    return ended || Thread.currentThread().isInterrupted();
  }

  /** What was answered so far, in order. */
  synchronized List<String> answered() {
    return List.copyOf(answered);
  }

  /** The longest time without an answer so far. */
  synchronized Duration longestPause() {
    return Duration.ofNanos(Math.max(longestNanos, ended ? 0 : sinceLastAnswer()));
  }

  /** Ends it; an append that waits is given up, and may be in the log. */
  void end() {
    synchronized (this) {
      longestNanos = Math.max(longestNanos, ended ? 0 : sinceLastAnswer());
      ended = true;
    }
    thread.interrupt();
  }
}
