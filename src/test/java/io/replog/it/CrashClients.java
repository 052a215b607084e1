package io.replog.it;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that append without end, each message once, with all kinds of write concern, and write
 * down what they were told. Every other message has an idempotency key and is asked for again until
 * it is answered; the others are sent once.
 */
final class CrashClients implements AutoCloseable {
  private static final List<String> CONCERNS = List.of("1", "2", "majority", "1", "3", "all");
  private static final long BETWEEN_ATTEMPTS = Duration.ofMillis(20).toNanos();
  private static final Duration ATTEMPT = Duration.ofSeconds(10);
  private static final int ATTEMPTS = 2000;

  /** What a client knows of its append. */
  sealed interface Outcome {
    /** Answered: 201, or 202 where its write concern was not met in time. */
    record InTheLog(long sequence) implements Outcome {}

    /** Refused by the master: never in the log. */
    record Refused(String why) implements Outcome {}

    /** The connection broke, or the master said that it does not know. */
    record Unknown(String why) implements Outcome {}
  }

  record Event(String message, String concern, boolean keyed, Outcome outcome) {}

  private final NodeApi master;
  private final Queue<Event> history = new ConcurrentLinkedQueue<>();
  private final AtomicInteger answered = new AtomicInteger();
  private final ExecutorService threads;
  private final List<Future<?>> running = new ArrayList<>();
  private volatile boolean finishing;

  private CrashClients(NodeApi master, int clients) {
    this.master = master;
    this.threads = Executors.newFixedThreadPool(clients);
  }

  static CrashClients start(NodeApi master, int count) {
    CrashClients clients = new CrashClients(master, count);
    for (int i = 0; i < count; i++) {
      int number = i;
      clients.running.add(clients.threads.submit(() -> clients.appendUntilFinished(number)));
    }
    return clients;
  }

  /** How many appends were answered so far. */
  int answered() {
    return answered.get();
  }

  /** Lets each client end what it has begun. */
  void finish() throws Exception {
    finishing = true;
    for (Future<?> client : running) {
      client.get();
    }
  }

  List<Event> history() {
    return List.copyOf(history);
  }

  @Override
  public void close() {
    finishing = true;
    threads.shutdownNow();
    threads.close();
  }

  private void appendUntilFinished(int client) {
    for (int i = 0; !finishing; i++) {
      String message = "client " + client + " message " + i;
      String concern = CONCERNS.get((client + i) % CONCERNS.size());
      boolean keyed = i % 2 == 0;
      Append append = Append.of(message).w(concern).timeoutMs(1000);
      Outcome outcome = keyed ? untilAnswered(append.key("key of " + message)) : once(append);
      history.add(new Event(message, concern, keyed, outcome));
      if (outcome instanceof Outcome.InTheLog) {
        answered.incrementAndGet();
      } else {
        LockSupport.parkNanos(BETWEEN_ATTEMPTS);
      }
    }
  }

  private Outcome untilAnswered(Append append) {
    Outcome outcome = once(append);
    for (int i = 0; i < ATTEMPTS && !(outcome instanceof Outcome.InTheLog); i++) {
      LockSupport.parkNanos(BETWEEN_ATTEMPTS);
      Outcome again = once(append);
      // a refusal speaks of its own attempt alone
      outcome =
          outcome instanceof Outcome.Unknown && again instanceof Outcome.Refused ? outcome : again;
    }
    return outcome;
  }

  private Outcome once(Append append) {
    Answer answer;
    try {
      answer = master.append(append, ATTEMPT);
    } catch (UncheckedIOException e) {
      return new Outcome.Unknown(String.valueOf(e.getCause()));
    }
    return switch (answer.status()) {
      case 201, 202 -> new Outcome.InTheLog(answer.sequence());
      case 503 -> new Outcome.Refused(answer.body());
      case 504 -> new Outcome.Unknown(answer.body());
      default -> throw new AssertionError("unexpected: " + answer);
    };
  }
}
