package io.replog.core;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An append that passed all checks that need no knowledge of the log.
 *
 * @param payloads UTF-8 bytes of the messages, at least one, each at most {@link
 *     FrameCodec#MAX_PAYLOAD}; not to be changed
 * @param concern how many copies before the answer
 * @param journal whether a copy counts once it is durable (true) or once it is stored
 * @param timeout how long to wait for the write concern, null for as long as it takes
 * @param expectedSequence the sequence it must get, null for any
 * @param key idempotency key, 1 to 200 characters, or null
 */
public record AppendRequest(
    List<byte[]> payloads,
    WriteConcern concern,
    boolean journal,
    @Nullable Duration timeout,
    @Nullable Long expectedSequence,
    @Nullable String key) {

  public AppendRequest {
    if (payloads.isEmpty()) {
      throw new IllegalArgumentException("an append has at least one message");
    }
  }

  /** UTF-8 bytes of all its messages. */
  public long size() {
    long size = 0;
    for (byte[] payload : payloads) {
      size += payload.length;
    }
    return size;
  }
}
