package io.replog.sim;

import io.replog.core.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What a master said of its own disk: an append answered with {@code j: true}, {@code w=1} too,
 * stays in its log over every crash and restart until another master's log is begun; and whatever
 * any node cuts is in a file that says so.
 */
final class Pledges {
  /** An answered entry on one store. */
  private record Pledge(UUID store, long epoch, Entry entry) {}

  private final Map<String, List<Pledge>> pledges = new HashMap<>();
  private final Map<String, Long> labels = new HashMap<>();

  /** A master has answered that an entry is on disk. */
  void answered(SimNode master, Entry entry) {
    long epoch = master.state().logEpoch();
    boolean another =
        labels.entrySet().stream()
            .anyMatch(label -> !label.getKey().equals(master.id()) && label.getValue() > epoch);
    if (another) {
      return;
    }
    pledges
        .computeIfAbsent(master.id(), id -> new ArrayList<>())
        .add(new Pledge(master.state().store(), epoch, entry));
  }

  /** A node has run: a new label of a master's log sets the others free. */
  void look(SimNode node) {
    if (node.master()) {
      Long before = labels.put(node.id(), node.state().logEpoch());
      if (before == null || before < node.state().logEpoch()) {
        pledges.forEach(
            (id, list) -> {
              if (!id.equals(node.id())) {
                list.removeIf(pledge -> pledge.epoch() < node.state().logEpoch());
              }
            });
      }
    }
  }

  /** A node's log was read again from its beginning, after a restart or a cut. */
  void reread(SimNode node) {
    List<Pledge> mine = pledges.getOrDefault(node.id(), new ArrayList<>());
    mine.removeIf(pledge -> !pledge.store().equals(node.state().store()));
    for (Pledge pledge : mine) {
      if (!node.mirror().has(pledge.entry().sequence(), pledge.entry().hash())) {
        throw new Violation(
            "3",
            "%s has lost %s, which it had on its disk, and nobody took over"
                .formatted(node.id(), pledge.entry().message()));
      }
    }
  }

  /** A running node has cut its log: the roll-back is reported. */
  static void reported(SimNode node, List<Entry> removed) {
    if (removed.isEmpty()) {
      return;
    }
    StringBuilder files = new StringBuilder();
    for (String path : node.disk().paths()) {
      if (path.startsWith("rolled-back-")) {
        files.append(new String(node.disk().content(path), StandardCharsets.UTF_8));
      }
    }
    for (Entry entry : removed) {
      if (files.indexOf(entry.hash().toString()) < 0) {
        throw new Violation(
            "8", node.id() + " cut " + entry.message() + " and did not write it down");
      }
    }
  }
}
