package io.replog.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The cluster record in memory, for tests; it can be taken away. Passes the contract test. */
public final class InMemoryRecords implements ClusterRecords {
  private @Nullable ClusterRecord record;
  private boolean up = true;
  private int version;
  private final List<ClusterRecord> history = new ArrayList<>();

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public boolean contested() {
    return true;
  }

  @Override
  public void read(Consumer<Answer> answer) {
    ClusterRecord now = record;
    if (!up) {
      answer.accept(new Answer.Unavailable("taken away"));
    } else {
      answer.accept(now == null ? new Answer.None() : new Answer.Is(now));
    }
  }

  @Override
  public void write(ClusterRecord next, Consumer<Answer> answer) {
    ClusterRecord now = record;
    if (!up) {
      answer.accept(new Answer.Unavailable("taken away"));
      return;
    }
    boolean first = now == null && next.version() == null;
    boolean latest = now != null && now.version() != null && now.version().equals(next.version());
    if (!first && !latest) {
      answer.accept(new Answer.Changed());
      return;
    }
    ClusterRecord written =
        new ClusterRecord(
            next.clusterId(),
            next.founder(),
            next.node(),
            next.epoch(),
            next.formed(),
            Integer.toString(++version));
    record = written;
    history.add(written);
    answer.accept(new Answer.Is(written));
  }

  /** Whether it answers. */
  public void up(boolean now) {
    up = now;
  }

  /** Another installation begins: the record is of an earlier one. */
  public void installAnew() {
    if (record != null) {
      record =
          new ClusterRecord(
              record.clusterId(),
              record.founder(),
              record.node(),
              record.epoch(),
              record.formed(),
              record.version(),
              true);
    }
  }

  /** Deletes it, as an operator may. */
  public void clear() {
    record = null;
  }

  /** The record as it is, null if there is none. */
  public @Nullable ClusterRecord record() {
    return record;
  }

  /** What was written, in order. */
  public List<ClusterRecord> history() {
    return List.copyOf(history);
  }
}
