package io.replog.cluster;

class InMemoryRecordsTest extends ClusterRecordsContract {
  private final InMemoryRecords records = new InMemoryRecords();

  @Override
  protected ClusterRecords records() {
    return records;
  }

  @Override
  protected void up(boolean now) {
    records.up(now);
  }
}
