package io.replog.it;

import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Clients that append and read without end while masters come and go, over any master, and write
 * down what they were told. Appends with a key are repeated until they are answered; those without
 * are sent once. An answer that no rule allows is a complaint.
 */
final class FaultClients implements AutoCloseable {
  private static final List<String> CONCERNS =
      List.of("majority", "1", "3", "majority", "2", "majority", "all");
  private static final Duration ATTEMPT = Duration.ofSeconds(8);
  private static final Duration TO_END = Duration.ofSeconds(90);
  private static final int RECENT = 40;

  /** A linearizable read: it showed everything up to a sequence, and nothing beyond. */
  record Seen(long sequence, long invokedNanos, long answeredNanos) {}

  private final List<NodeApi> masters;
  private final List<NodeApi> all;
  private final long seed;
  private final boolean majorityOnly;
  private final Queue<AppendHistory> appends = new ConcurrentLinkedQueue<>();
  private final Queue<Seen> reads = new ConcurrentLinkedQueue<>();
  private final Map<Long, String> shownAsCommitted = new ConcurrentHashMap<>();
  private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
  private final Map<String, AtomicInteger> statuses = new ConcurrentHashMap<>();
  private final AtomicInteger committed = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> running = new ArrayList<>();
  private volatile long top;
  private volatile boolean finishing;
  private volatile boolean closed;

  private FaultClients(List<NodeApi> masters, List<NodeApi> all, long seed, boolean majorityOnly) {
    this.masters = masters;
    this.all = all;
    this.seed = seed;
    this.majorityOnly = majorityOnly;
  }

  /** Appends of every write concern, batches, and reads of every concern. */
  static FaultClients mixed(TestCluster cluster, int writers, int readers, long seed) {
    return start(cluster, writers, readers, seed, false);
  }

  /** Appends that wait for a majority's disks, and nothing else. */
  static FaultClients ofMajority(TestCluster cluster, int writers, long seed) {
    return start(cluster, writers, 0, seed, true);
  }

  private static FaultClients start(
      TestCluster cluster, int writers, int readers, long seed, boolean majorityOnly) {
    FaultClients clients =
        new FaultClients(
            cluster.masters().stream().map(TestNode::api).toList(),
            cluster.nodes().stream().map(TestNode::api).toList(),
            seed,
            majorityOnly);
    for (int i = 0; i < writers; i++) {
      int number = i;
      Random random = new Random(seed * 31 + i);
      clients.running.add(clients.threads.submit(() -> clients.write(number, random)));
    }
    for (int i = 0; i < readers; i++) {
      Random random = new Random(seed * 37 + i);
      clients.running.add(clients.threads.submit(() -> clients.read(random)));
    }
    return clients;
  }

  /** Appends that were answered as committed so far. */
  int committed() {
    return committed.get();
  }

  /** Lets each client end what it has begun. */
  void finish() throws Exception {
    finishing = true;
    for (Future<?> client : running) {
      client.get(TO_END.toSeconds(), TimeUnit.SECONDS);
    }
  }

  List<AppendHistory> appends() {
    return List.copyOf(appends);
  }

  List<Seen> reads() {
    return List.copyOf(reads);
  }

  /** Hash of every entry that a majority read has shown. */
  Map<Long, String> shownAsCommitted() {
    return Map.copyOf(shownAsCommitted);
  }

  List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** How often appends were answered how. */
  Map<String, AtomicInteger> statuses() {
    return new TreeMap<>(statuses);
  }

  @Override
  public void close() {
    finishing = true;
    closed = true;
    threads.shutdownNow();
    threads.close();
  }

  // ---- appends

  private void write(int client, Random random) {
    for (int i = 0; !finishing; i++) {
      String name = "%x-%d-%d".formatted(seed, client, i);
      boolean batch = !majorityOnly && random.nextInt(7) == 0;
      List<String> messages =
          batch
              ? IntStream.range(0, 2 + random.nextInt(3)).mapToObj(n -> name + "." + n).toList()
              : List.of(name);
      boolean keyed = random.nextInt(4) > 0;
      String w = majorityOnly ? "majority" : CONCERNS.get(random.nextInt(CONCERNS.size()));
      boolean journal = majorityOnly || random.nextInt(6) > 0;
      AppendHistory append =
          new AppendHistory(
              messages, keyed ? Optional.of("key-" + name) : Optional.empty(), w, journal);
      appends.add(append);
      drive(append, random);
    }
  }

  private void drive(AppendHistory append, Random random) {
    boolean insists = append.keyed() && (majorityOnly || random.nextInt(2) == 0);
    long deadline = System.nanoTime() + TO_END.toNanos();
    boolean again = true;
    while (again && !closed && System.nanoTime() < deadline) {
      long timeoutMs = 300L + random.nextInt(1500);
      Append request =
          append.weak().isEmpty() ? append.request(timeoutMs) : append.insisting(timeoutMs);
      once(append, request, random);
      boolean settled = append.isCommitted() || (!append.weak().isEmpty() && !insists);
      again = append.keyed() && !settled;
      if (!append.isCommitted()) {
        LockSupport.parkNanos(Duration.ofMillis(15 + random.nextInt(60)).toNanos());
      }
    }
    if (again && !closed) {
      complaints.add("not settled in " + TO_END + ": " + append);
    }
  }

  private void once(AppendHistory append, Append request, Random random) {
    NodeApi master = masters.get(random.nextInt(masters.size()));
    Answer answer;
    try {
      answer = master.append(request, ATTEMPT);
    } catch (UncheckedIOException e) {
      boolean nothingSent =
          e.getCause() instanceof ConnectException
              || e.getCause() instanceof HttpConnectTimeoutException;
      if (!nothingSent) {
        append.unknown();
      }
      count(nothingSent ? "no connection" : "connection lost");
      return;
    }
    count(Integer.toString(answer.status()));
    switch (answer.status()) {
      case 201, 202 -> appended(append, request, answer);
      case 421, 507 -> {}
      case 503 -> {
        if (answer.header("Retry-After").isEmpty()) {
          complaints.add("no Retry-After: " + answer);
        }
      }
      case 504 -> {
        append.unknown();
        if (!answer.json().text("type").endsWith(":unknown-outcome")) {
          complaints.add("another 504: " + answer);
        }
      }
      default -> {
        append.unknown();
        complaints.add("unexpected " + answer + " to " + append);
      }
    }
  }

  private void appended(AppendHistory append, Append request, Answer answer) {
    Json said = answer.json();
    boolean batch = request.batch();
    long first = said.number(batch ? "firstSequence" : "sequence");
    boolean satisfied = said.truth("satisfied");
    if (satisfied != (answer.status() == 201)) {
      complaints.add("satisfied and status contradict each other: " + answer);
    }
    if (batch && said.number("lastSequence") != first + append.messages().size() - 1) {
      complaints.add("a batch that is not contiguous: " + answer);
    }
    // 3 and all are a majority of at most five copies; what is committed is never lost either
    boolean majority = !List.of("1", "2").contains(request.w().orElseThrow());
    boolean durable = request.j().orElse(true);
    if ((satisfied && majority && durable) || said.truth("committed")) {
      append.committed(first);
      committed.incrementAndGet();
    } else {
      append.weak(first, Json.abbreviated(answer.body()));
    }
    top = Math.max(top, first);
  }

  private void count(String status) {
    statuses.computeIfAbsent(status, s -> new AtomicInteger()).incrementAndGet();
  }

  // ---- reads

  private void read(Random random) {
    while (!finishing) {
      try {
        switch (random.nextInt(3)) {
          case 0 -> linearizable(masters.get(random.nextInt(masters.size())));
          case 1 -> records(all.get(random.nextInt(all.size())), "majority");
          default -> records(all.get(random.nextInt(all.size())), "local");
        }
      } catch (UncheckedIOException gone) {
        count("read lost");
      }
      LockSupport.parkNanos(Duration.ofMillis(5 + random.nextInt(30)).toNanos());
    }
  }

  private void linearizable(NodeApi master) {
    long invoked = System.nanoTime();
    Answer answer = master.ask("/messages?concern=linearizable&limit=1");
    long answered = System.nanoTime();
    switch (answer.status()) {
      case 200 -> reads.add(new Seen(answer.json().number("last"), invoked, answered));
      case 421, 503 -> {}
      default -> complaints.add("unexpected answer to a read: " + answer);
    }
  }

  private void records(NodeApi node, String concern) {
    long from = Math.max(1, top - RECENT);
    String path = "/messages?concern=%s&from=%d&limit=%d".formatted(concern, from, 2 * RECENT);
    Answer answer = node.records(path);
    if (answer.status() == 503) {
      return;
    }
    if (answer.status() != 200) {
      complaints.add("unexpected answer to a read: " + answer);
      return;
    }
    long expected = from;
    for (String line : answer.body().lines().toList()) {
      Json entry = Json.parse(line);
      long sequence = entry.number("sequence");
      if (sequence != expected++) {
        complaints.add("%s: entry %d where %d belongs".formatted(path, sequence, expected - 1));
        return;
      }
      if (concern.equals("majority")) {
        String hash = entry.text("hash");
        String before = shownAsCommitted.putIfAbsent(sequence, hash);
        if (before != null && !before.equals(hash)) {
          complaints.add("two entries %d were shown as committed: %s".formatted(sequence, line));
        }
      }
    }
  }
}
