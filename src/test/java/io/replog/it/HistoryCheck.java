package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.sim.Linearizability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether what clients were told fits the log that is there in the end, once the faults are over
 * and all nodes are equal (protocol, <i>Safety properties</i>).
 */
final class HistoryCheck {
  private final FaultClients clients;
  private final List<Json> log;
  private final Map<String, List<Long>> places = new HashMap<>();
  private final Set<String> rolledBack = new HashSet<>();
  private final List<String> wrong = new ArrayList<>();
  private int lost;

  private HistoryCheck(FaultClients clients, List<Json> log) {
    this.clients = clients;
    this.log = log;
  }

  /**
   * Fails with all that is wrong.
   *
   * @param log every record of the log that all nodes have
   * @param directories the data directories of all nodes, those that were taken away among them
   * @return what there was to check, for people
   */
  static String check(FaultClients clients, List<Json> log, List<Path> directories) {
    HistoryCheck check = new HistoryCheck(clients, log);
    directories.forEach(check::readRolledBack);
    check.order();
    clients.appends().forEach(check::append);
    check.shown();
    check.linearizable();
    check.wrong.addAll(clients.complaints());
    assertThat(check.wrong.subList(0, Math.min(20, check.wrong.size())))
        .as("%d contradictions", check.wrong.size())
        .isEmpty();
    return check.summary();
  }

  private void readRolledBack(Path directory) {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().matches("rolled-back-.*\\.ndjson")) {
          for (String line : Files.readAllLines(file)) {
            Json entry = Json.parse(line);
            rolledBack.add(entry.number("sequence") + " " + entry.text("message"));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void order() {
    long expected = 1;
    for (Json entry : log) {
      long sequence = entry.number("sequence");
      if (sequence != expected) {
        wrong.add("entry %d where %d belongs".formatted(sequence, expected));
      }
      expected = sequence + 1;
      places.computeIfAbsent(entry.text("message"), m -> new ArrayList<>()).add(sequence);
    }
  }

  private void append(AppendHistory append) {
    List<List<Long>> at =
        append.messages().stream().map(m -> places.getOrDefault(m, List.of())).toList();
    boolean there = !at.getFirst().isEmpty();
    long first = there ? at.getFirst().getFirst() : 0;
    for (int i = 0; i < at.size(); i++) {
      boolean right = there ? at.get(i).equals(List.of(first + i)) : at.get(i).isEmpty();
      if (!right) {
        wrong.add("doubled, torn or out of order: " + append + " is at " + at);
        return;
      }
    }
    if (append.isCommitted() && (!there || first != append.committedSequence())) {
      wrong.add("answered, and lost or moved: " + append + " is at " + at);
    }
    if (append.isNot() && there) {
      wrong.add("refused, and in the log: " + append + " is at " + at);
    }
    for (AppendHistory.Weak weak : append.weak()) {
      if (!there || first != weak.sequence()) {
        lost++;
        if (!rolledBack.contains(weak.sequence() + " " + append.messages().getFirst())) {
          wrong.add("rolled back and never reported: " + append + " is at " + at);
        }
      }
    }
  }

  private void shown() {
    clients
        .shownAsCommitted()
        .forEach(
            (sequence, hash) -> {
              boolean kept =
                  sequence <= log.size() && log.get((int) (sequence - 1)).text("hash").equals(hash);
              if (!kept) {
                wrong.add("a majority read showed entry " + sequence + ", which was rolled back");
              }
            });
  }

  private void linearizable() {
    List<Linearizability.Placed> placed = new ArrayList<>();
    for (AppendHistory append : clients.appends()) {
      List<Long> at = places.getOrDefault(append.messages().getFirst(), List.of());
      if (!at.isEmpty()) {
        placed.add(
            new Linearizability.Placed(
                2 * at.getFirst(),
                append.invokedNanos(),
                append.committedNanos(),
                append.toString()));
      }
    }
    for (FaultClients.Seen read : clients.reads()) {
      placed.add(
          new Linearizability.Placed(
              2 * read.sequence() + 1, read.invokedNanos(), read.answeredNanos(), read.toString()));
    }
    String contradiction = Linearizability.contradiction(placed);
    if (contradiction != null) {
      wrong.add("not linearizable: " + contradiction);
    }
  }

  private String summary() {
    long committed = clients.appends().stream().filter(AppendHistory::isCommitted).count();
    return ("%d appends, %d answered as committed, all in place; %d weaker answers rolled back and"
            + " reported; %d linearizable reads; %d entries shown by majority reads; log of %d;"
            + " answers %s")
        .formatted(
            clients.appends().size(),
            committed,
            lost,
            clients.reads().size(),
            clients.shownAsCommitted().size(),
            log.size(),
            clients.statuses());
  }
}
