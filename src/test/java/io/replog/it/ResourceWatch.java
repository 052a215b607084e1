package io.replog.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Looks every few seconds at how much memory and how many open files each process has, as the
 * system counts them, and says what grew. A process that has just begun is left out: it has not
 * allocated yet what it needs.
 */
final class ResourceWatch implements AutoCloseable {
  private static final int EVERY_SECONDS = 2;
  private static final int YOUNG = 5;
  private static final long KIB = 1024;

  /** Above what a node with a heap of 128 MiB needs: heap, code, classes, buffers, stacks. */
  private static final long MOST_RESIDENT = 420L << 20;

  /** Sixteen closed segments, the rest is libraries, sockets and the log. */
  private static final long MOST_FILES = 250;

  /** How much more the last third of a run may have than the first, beside a fixed slack. */
  private static final double GROWTH = 1.25;

  private static final long RESIDENT_SLACK = 24L << 20;
  private static final long FILES_SLACK = 15;

  private record Sample(long resident, long files) {}

  private final List<TestNode> nodes;
  private final Map<String, List<Sample>> samples = new TreeMap<>();
  private final Map<String, Integer> ages = new TreeMap<>();
  private final Map<String, Set<Long>> processes = new TreeMap<>();
  private final ScheduledExecutorService clock = new ScheduledThreadPoolExecutor(1);

  ResourceWatch(List<TestNode> nodes) {
    this.nodes = List.copyOf(nodes);
    for (TestNode node : nodes) {
      samples.put(node.id(), new ArrayList<>());
      processes.put(node.id(), new TreeSet<>());
    }
    var _ = clock.scheduleAtFixedRate(this::look, 0, EVERY_SECONDS, TimeUnit.SECONDS);
  }

  private synchronized void look() {
    for (TestNode node : nodes) {
      long pid = node.process().pid();
      Path process = Path.of("/proc", Long.toString(pid));
      boolean another = processes.get(node.id()).add(pid);
      int age = another ? 0 : ages.getOrDefault(node.id(), 0) + 1;
      ages.put(node.id(), age);
      try {
        if (age >= YOUNG && Files.exists(process)) {
          samples.get(node.id()).add(new Sample(resident(process), files(process)));
        }
      } catch (IOException | UncheckedIOException ended) {
        ages.put(node.id(), 0);
      }
    }
  }

  private static long resident(Path process) throws IOException {
    for (String line : Files.readAllLines(process.resolve("status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * KIB;
      }
    }
    throw new IOException("it has ended");
  }

  private static long files(Path process) throws IOException {
    try (Stream<Path> open = Files.list(process.resolve("fd"))) {
      return open.count();
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }

  /** What is more than it may be, or grew. */
  synchronized List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    samples.forEach(
        (node, all) -> {
          check(
              complaints, node + " resident", all, Sample::resident, MOST_RESIDENT, RESIDENT_SLACK);
          check(complaints, node + " files", all, Sample::files, MOST_FILES, FILES_SLACK);
        });
    return complaints;
  }

  private static void check(
      List<String> complaints,
      String what,
      List<Sample> all,
      ToLongFunction<Sample> value,
      long most,
      long slack) {
    long highest = all.stream().mapToLong(value).max().orElse(0);
    if (highest > most) {
      complaints.add("%s: %d is above %d".formatted(what, highest, most));
    }
    long before = median(third(all, 0), value);
    long after = median(third(all, 2), value);
    if (after > before * GROWTH + slack) {
      complaints.add("%s grew from %d to %d".formatted(what, before, after));
    }
  }

  /** One line a node. */
  synchronized String report() {
    StringBuilder text = new StringBuilder();
    text.append(
        "%-12s %9s %8s  %-24s  %s%n"
            .formatted(
                "node",
                "processes",
                "samples",
                "resident MiB",
                "open files (first, last third; most)"));
    samples.forEach(
        (node, all) ->
            text.append(
                "%-12s %9d %8d  %-24s  %s%n"
                    .formatted(
                        node,
                        processes.get(node).size(),
                        all.size(),
                        row(all, sample -> sample.resident() >> 20),
                        row(all, Sample::files))));
    return text.toString();
  }

  private static String row(List<Sample> all, ToLongFunction<Sample> value) {
    return "%d, %d; %d"
        .formatted(
            median(third(all, 0), value),
            median(third(all, 2), value),
            all.stream().mapToLong(value).max().orElse(0));
  }

  private static List<Sample> third(List<Sample> all, int which) {
    return all.subList(all.size() * which / 3, all.size() * (which + 1) / 3);
  }

  private static long median(List<Sample> some, ToLongFunction<Sample> value) {
    long[] sorted = some.stream().mapToLong(value).sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }
}
