package io.replog.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.replog.core.Frame;
import io.replog.core.FrameCodec;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Makes the frames of a log, one after the other; can go back to an earlier place and go on
 * differently.
 */
final class FrameSource {
  static final UUID CLUSTER = UUID.fromString("c0000000-0000-4000-8000-000000000001");

  private final HashChain chain = new HashChain();
  private final List<Frame> frames = new ArrayList<>();
  private long epoch = 1;
  private long timestamp = 1_700_000_000_000L;

  /** All frames made and not taken back. */
  List<Frame> frames() {
    return frames;
  }

  long last() {
    return frames.isEmpty() ? 0 : frames.getLast().last().sequence();
  }

  Hash lastHash() {
    return frames.isEmpty() ? HashChain.origin(CLUSTER) : frames.getLast().last().hash();
  }

  /** The hash at a sequence where a frame ends. */
  Hash hashAt(long sequence) {
    return frames.stream()
        .filter(frame -> frame.last().sequence() == sequence)
        .findFirst()
        .map(frame -> frame.last().hash())
        .orElse(HashChain.origin(CLUSTER));
  }

  Frame next(String... messages) {
    return keyed(null, messages);
  }

  Frame keyed(String key, String... messages) {
    List<byte[]> payloads = new ArrayList<>();
    for (String message : messages) {
      payloads.add(message.getBytes(UTF_8));
    }
    timestamp += 7;
    Frame frame = FrameCodec.encode(chain, lastHash(), last() + 1, epoch, timestamp, key, payloads);
    frames.add(frame);
    return frame;
  }

  /** A frame of one to three entries, up to so many bytes each. */
  Frame random(RandomGenerator random, int longest) {
    String[] messages = new String[random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 1];
    for (int i = 0; i < messages.length; i++) {
      messages[i] = Character.toString('a' + random.nextInt(26)).repeat(random.nextInt(longest));
    }
    return keyed(random.nextInt(3) == 0 ? "key-" + last() : null, messages);
  }

  /** Goes back to having made just these frames. */
  void restore(List<Frame> made) {
    List<Frame> copy = List.copyOf(made);
    frames.clear();
    frames.addAll(copy);
    epoch++;
  }

  /**
   * Takes back all frames after one that ends with this sequence; what comes then is of a newer
   * epoch.
   */
  void cutAfter(long sequence) {
    frames.removeIf(frame -> frame.last().sequence() > sequence);
    epoch++;
  }

  /** Where a frame ends: one of the sequences from {@code from} on that a log may be cut after. */
  long anyEnd(long from, RandomGenerator random) {
    List<Long> ends =
        Stream.concat(Stream.of(0L), frames.stream().map(frame -> frame.last().sequence()))
            .filter(sequence -> sequence >= from)
            .toList();
    return ends.get(random.nextInt(ends.size()));
  }
}
