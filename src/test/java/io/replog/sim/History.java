package io.replog.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the clients of a run asked for and were told. */
final class History {
  private final List<Operation.Append> appends = new ArrayList<>();
  private final List<Operation.Read> reads = new ArrayList<>();
  private final List<Operation.MajorityRead> majorityReads = new ArrayList<>();
  private final Map<String, Operation.Append> byMessage = new HashMap<>();

  void add(Operation.Append append) {
    appends.add(append);
    append.messages().forEach(message -> byMessage.put(message, append));
  }

  void add(Operation.Read read) {
    reads.add(read);
  }

  void add(Operation.MajorityRead read) {
    majorityReads.add(read);
  }

  List<Operation.MajorityRead> majorityReads() {
    return majorityReads;
  }

  Operation.@Nullable Append withMessage(String message) {
    return byMessage.get(message);
  }

  List<Operation.Append> appends() {
    return appends;
  }

  List<Operation.Read> reads() {
    return reads;
  }
}
