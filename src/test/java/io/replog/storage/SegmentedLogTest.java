package io.replog.storage;

class SegmentedLogTest extends SegmentedLogContract {
  @Override
  Disk disk() {
    return new SimDisk("data");
  }
}
