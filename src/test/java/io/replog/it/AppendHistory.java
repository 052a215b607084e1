package io.replog.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one client wanted to append, over as many attempts as it took, and what it was told. Its
 * messages are its own: no other append has them. Written by its client's thread; read by others
 * when that is done.
 */
final class AppendHistory {
  static final long NEVER = Long.MAX_VALUE;

  /** Told of an append with a sequence, but nothing that a change of master must respect. */
  record Weak(long sequence, String answer) {}

  private final List<String> messages;
  private final Optional<String> key;
  private final String w;
  private final boolean journal;
  private final long invokedNanos = System.nanoTime();
  private final List<Weak> weak = new ArrayList<>();
  private final AtomicLong committedNanos = new AtomicLong(NEVER);
  private long committedSequence;
  private boolean unknown;

  AppendHistory(List<String> messages, Optional<String> key, String w, boolean journal) {
    this.messages = messages;
    this.key = key;
    this.w = w;
    this.journal = journal;
  }

  List<String> messages() {
    return messages;
  }

  boolean keyed() {
    return key.isPresent();
  }

  Append request(long timeoutMs) {
    Append append = messages.size() > 1 ? Append.batch(messages) : Append.of(messages.getFirst());
    Append wanted = append.w(w).j(journal).timeoutMs(timeoutMs);
    return key.map(wanted::key).orElse(wanted);
  }

  /** The same append, by its key, until a majority's disks have it. */
  Append insisting(long timeoutMs) {
    return request(timeoutMs).w("majority").j(true);
  }

  /** A majority's disks have it, by the answer. */
  void committed(long sequence) {
    if (committedNanos.compareAndSet(NEVER, System.nanoTime())) {
      committedSequence = sequence;
    } else if (committedSequence != sequence) {
      throw new AssertionError(
          this + " was answered as committed at another sequence: " + sequence);
    }
  }

  void weak(long sequence, String answer) {
    weak.add(new Weak(sequence, answer));
  }

  /** An attempt ended without saying whether it is in the log. */
  void unknown() {
    unknown = true;
  }

  boolean isCommitted() {
    return committedNanos.get() != NEVER;
  }

  long committedNanos() {
    return committedNanos.get();
  }

  long invokedNanos() {
    return invokedNanos;
  }

  long committedSequence() {
    return committedSequence;
  }

  List<Weak> weak() {
    return weak;
  }

  /** Every attempt was refused: nothing of it may be in the log. */
  boolean isNot() {
    return !unknown && !isCommitted() && weak.isEmpty();
  }

  @Override
  public String toString() {
    return "%s key=%s w=%s j=%s committed=%s weak=%s unknown=%s"
        .formatted(
            messages,
            key.orElse("-"),
            w,
            journal,
            isCommitted() ? Long.toString(committedSequence) : "-",
            weak,
            unknown);
  }
}
