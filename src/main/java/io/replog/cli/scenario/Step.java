package io.replog.cli.scenario;

import io.replog.client.Append;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One step of a script. A node is named by its id, or as {@code master} (the active one at that
 * moment), {@code sub1}, {@code sub2}, ... {@code docs/scenarios.md} says how each is written.
 */
public sealed interface Step {
  /** Where it is in the script, from 1. */
  int line();

  /** The nodes that it names. */
  default List<String> nodes() {
    return List.of();
  }

  default boolean needsProcesses() {
    return false;
  }

  default boolean needsFaults() {
    return false;
  }

  /** A headline, and what it means. */
  record Say(int line, String headline, String text) implements Step {}

  /** What can be done to a process. */
  enum Act {
    START("started"),
    STOP("told to stop"),
    KILL("killed with kill -9"),
    PAUSE("paused (SIGSTOP): it hangs with its connections open"),
    RESUME("resumed (SIGCONT)");

    final String done;

    Act(String done) {
      this.done = done;
    }
  }

  /** Something is done to processes. */
  record OnProcess(int line, Act act, List<String> nodes) implements Step {
    @Override
    public boolean needsProcesses() {
      return true;
    }
  }

  /** One kind of fault. */
  sealed interface Fault {}

  /** Latency before what was sent is stored. */
  record Delay(Duration length) implements Fault {}

  /**
   * Deliveries, on a master appends, that fail.
   *
   * @param share from 0 to 1
   * @param after whether they fail when they are stored already
   */
  record Errors(double share, boolean after) implements Fault {}

  /** Messages between nodes that are swallowed, a share from 0 to 1. */
  record Drop(double share) implements Fault {}

  /** The disk takes no more. */
  record DiskFull() implements Fault {}

  /** Nodes neither hear nor speak to others; none named are all the others. */
  record Partition(List<String> from) implements Fault {}

  /** A fault is switched on. */
  record Break(int line, Fault fault, List<String> nodes) implements Step {
    @Override
    public boolean needsFaults() {
      return true;
    }
  }

  /** All faults are switched off; none named are all nodes. */
  record Heal(int line, List<String> nodes) implements Step {
    @Override
    public boolean needsFaults() {
      return true;
    }
  }

  /** Time passes. */
  record Wait(int line, Duration length) implements Step {}

  /**
   * An append.
   *
   * @param as the name of an append that is not waited for, null to wait for its answer
   * @param so what an answer as expected means
   */
  record Post(
      int line,
      Append append,
      String to,
      @Nullable String as,
      Expected expected,
      @Nullable String so)
      implements Step {
    @Override
    public List<String> nodes() {
      return List.of(to);
    }
  }

  /** An append that was not waited for has no answer yet. */
  record Waits(int line, String name, @Nullable String so) implements Step {}

  /** An append that was not waited for is answered. */
  record Answered(int line, String name, Expected expected, @Nullable String so) implements Step {}

  /**
   * What nodes show.
   *
   * @param expected null to show only
   */
  record Lists(
      int line,
      List<String> nodes,
      @Nullable String concern,
      @Nullable Listed expected,
      @Nullable String so)
      implements Step {}

  /**
   * What is expected of a list; null and empty are not looked at.
   *
   * @param messages all of it
   * @param beginningOf what it is a beginning of
   */
  record Listed(
      @Nullable List<String> messages,
      @Nullable List<String> beginningOf,
      List<String> contains,
      List<String> without,
      Duration within) {}

  /** What a node says of itself and the cluster, by the names of {@code StatusFact}. */
  record Status(
      int line, String node, Map<String, String> expected, Duration within, @Nullable String so)
      implements Step {
    @Override
    public List<String> nodes() {
      return List.of(node);
    }
  }

  /** The hashes of all nodes' logs are equal. */
  record Equal(int line, Duration within, @Nullable String so) implements Step {}

  /** A node has logged a line with this text. */
  record Logged(int line, String node, String text, Duration within, @Nullable String so)
      implements Step {
    @Override
    public List<String> nodes() {
      return List.of(node);
    }

    @Override
    public boolean needsProcesses() {
      return true;
    }
  }

  /** A client begins to append one message after the other, each until it is answered. */
  record Write(int line, String name, String w, Duration every) implements Step {}

  /**
   * That client ends; what was answered is in the log once and in order.
   *
   * @param count how many answers it waits for first
   * @param silence the longest time without an answer that is allowed, null for any
   */
  record Written(
      int line,
      String name,
      long count,
      @Nullable Duration silence,
      Duration within,
      @Nullable String so)
      implements Step {}
}
