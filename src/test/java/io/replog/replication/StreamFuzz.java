package io.replog.replication;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A stream between nodes that may be any bytes, in one piece and in small ones: both find the same
 * messages, or the same end.
 */
public final class StreamFuzz {
  private StreamFuzz() {}

  /** The entry point of a fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    List<Object> whole = read(input, input.length);
    List<Object> pieces = read(input, 1 + input.length / 7);
    if (!whole.equals(pieces)) {
      throw new AssertionError(whole + " in one piece, " + pieces + " in several");
    }
  }

  /** A stream with each message alone, and one with all. */
  public static List<byte[]> seeds() {
    RandomMessages random = new RandomMessages(1);
    List<PeerMessage> all = RandomMessages.types().stream().map(random::next).toList();
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(stream(all));
    all.forEach(message -> seeds.add(stream(List.of(message))));
    return seeds;
  }

  private static byte[] stream(List<PeerMessage> messages) {
    ByteBuffer bytes = PeerMessageDecoderTest.stream(messages);
    byte[] stream = new byte[bytes.remaining()];
    bytes.get(stream);
    return stream;
  }

  private static List<Object> read(byte[] input, int pieceBytes) {
    List<Object> found = new ArrayList<>();
    PeerMessageDecoder decoder =
        new PeerMessageDecoder(
            new PeerMessageDecoder.Sink() {
              @Override
              public void greeted() {
                found.add("hello");
              }

              @Override
              public void received(PeerMessage message) {
                found.add(message);
              }
            });
    try {
      for (int at = 0; at < input.length; at += pieceBytes) {
        decoder.feed(ByteBuffer.wrap(input, at, Math.min(pieceBytes, input.length - at)));
      }
    } catch (MalformedMessageException refused) {
      found.add("malformed");
    }
    return found;
  }
}
