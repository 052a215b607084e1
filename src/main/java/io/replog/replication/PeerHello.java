package io.replog.replication;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The first bytes of each direction of a stream: "replog", then the protocol's version in two
 * bytes. They are sent at once, so that both ends know early whom they talk to, and an answer
 * without content does not wait in a buffer.
 */
public final class PeerHello {
  /** Of the protocol; also in the media type of the request. */
  public static final int VERSION = 1;

  /** Length in bytes. */
  public static final int BYTES = 8;

  private static final byte[] MAGIC = "replog".getBytes(US_ASCII);

  private PeerHello() {}

  /** The bytes; a new buffer. */
  public static ByteBuffer bytes() {
    return ByteBuffer.allocate(BYTES).put(MAGIC).putShort((short) VERSION).flip();
  }

  /**
   * Reads the {@value #BYTES} bytes of the peer.
   *
   * @throws MalformedMessageException if they are no hello, or one of another version, which is
   *     named
   */
  static void check(ByteBuffer in) throws MalformedMessageException {
    byte[] magic = new byte[MAGIC.length];
    in.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new MalformedMessageException("the peer's stream does not begin with \"replog\"");
    }
    int version = in.getShort() & 0xffff;
    if (version != VERSION) {
      throw new MalformedMessageException(
          "the peer speaks version " + version + " of the stream, this node version " + VERSION);
    }
  }
}
