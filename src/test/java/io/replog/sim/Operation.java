package io.replog.sim;

import io.replog.core.AppendRequest;
import io.replog.core.Hash;
import io.replog.core.WriteConcern;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one client wanted, over as many attempts as it took. */
sealed interface Operation {
  long NEVER = Long.MAX_VALUE;

  /** An append. Its messages are its own: no other append has them. */
  final class Append implements Operation {
    private final int id;
    private final List<String> messages;
    private final @Nullable String key;
    private final WriteConcern concern;
    private final boolean journal;
    private final @Nullable Duration timeout;
    private final @Nullable Long expectedSequence;
    private final long invokedNanos;
    private boolean maybe;
    private boolean refused;
    private int asked;
    private long committedNanos = NEVER;
    private long committedEpoch;
    private long firstSequence;

    Append(
        int id,
        List<String> messages,
        @Nullable String key,
        WriteConcern concern,
        boolean journal,
        @Nullable Duration timeout,
        @Nullable Long expectedSequence,
        long invokedNanos) {
      this.id = id;
      this.messages = messages;
      this.key = key;
      this.concern = concern;
      this.journal = journal;
      this.timeout = timeout;
      this.expectedSequence = expectedSequence;
      this.invokedNanos = invokedNanos;
    }

    AppendRequest request() {
      return new AppendRequest(
          messages.stream().map(m -> m.getBytes(StandardCharsets.UTF_8)).toList(),
          concern,
          journal,
          timeout,
          expectedSequence,
          key);
    }

    List<String> messages() {
      return messages;
    }

    @Nullable String key() {
      return key;
    }

    WriteConcern concern() {
      return concern;
    }

    boolean journal() {
      return journal;
    }

    @Nullable Long expectedSequence() {
      return expectedSequence;
    }

    long invokedNanos() {
      return invokedNanos;
    }

    /** Some attempt may have put it into the log. */
    void maybe() {
      maybe = true;
    }

    boolean isMaybe() {
      return maybe;
    }

    /** A node is being asked. */
    void asked() {
      asked++;
    }

    /** A node that was asked has answered. */
    void answered() {
      asked--;
    }

    /** An attempt was refused. */
    void refused() {
      refused = true;
    }

    /** It was said that nothing of it is in the log, and nothing else was tried. */
    boolean isNot() {
      return refused && !maybe && asked == 0 && firstSequence == 0;
    }

    /** It was answered with a sequence. */
    void appended(long sequence) {
      firstSequence = sequence;
    }

    long firstSequence() {
      return firstSequence;
    }

    /** It was answered as satisfied by a majority's disks. */
    void committed(long nowNanos, long epoch) {
      if (committedNanos == NEVER) {
        committedNanos = nowNanos;
        committedEpoch = epoch;
      }
    }

    /** The epoch in which it was first answered so. */
    long committedEpoch() {
      return committedEpoch;
    }

    long committedNanos() {
      return committedNanos;
    }

    @Override
    public String toString() {
      return "append-%d%s w=%s j=%s"
          .formatted(id, key == null ? "" : " key=" + key, concern, journal);
    }
  }

  /**
   * A {@code majority} read at any node that showed all up to a sequence.
   *
   * @param hash of the last entry, which stands for all of them
   */
  record MajorityRead(String node, long committedSequence, Hash hash, long answeredNanos)
      implements Operation {}

  /** A linearizable read that was answered with all up to a sequence. */
  record Read(long committedSequence, long invokedNanos, long answeredNanos) implements Operation {}
}
