package io.replog.cluster;

import java.util.function.Consumer;

/**
 * The cluster record where one configured node alone may found: it is that node's own state file,
 * so there is nothing to ask, and it is formed at once.
 */
public final class SoleFounder implements ClusterRecords {
  @Override
  public String name() {
    return "the founder's data directory";
  }

  @Override
  public boolean contested() {
    return false;
  }

  @Override
  public void read(Consumer<Answer> answer) {
    answer.accept(new Answer.None());
  }

  @Override
  public void write(ClusterRecord next, Consumer<Answer> answer) {
    answer.accept(new Answer.Is(next.asFormed()));
  }
}
