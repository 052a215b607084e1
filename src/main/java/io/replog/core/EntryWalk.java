package io.replog.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Steps through the entries of frames without making an object of any: an entry is where its fields
 * lie in {@link #bytes()}. For frames whose CRC was checked; what does not fit all the same is
 * refused, and nothing is read beyond the frames. See {@link FrameCodec} for the form.
 *
 * <p>For one thread at a time.
 */
public final class EntryWalk {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  private static final int NO_KEY = -1;

  private byte[] bytes = {};
  private int at;
  private int limit;

  private int frameEnd;
  private long left;
  private boolean batch;

  private long epoch;
  private long timestamp;
  private long sequence;
  private int keyAt;
  private int keyLength;
  private int payloadAt;
  private int payloadLength;

  /**
   * Begins with other frames, before the first entry.
   *
   * @param frames whole frames from position to limit, in an array
   */
  public void over(ByteBuffer frames) {
    bytes = frames.array();
    at = frames.arrayOffset() + frames.position();
    limit = frames.arrayOffset() + frames.limit();
    left = 0;
  }

  /**
   * Goes to the next entry.
   *
   * @return whether there is one
   * @throws DamagedFrameException if there is no whole entry where one belongs
   */
  public boolean next() throws DamagedFrameException {
    if (left == 0) {
      if (at == limit) {
        return false;
      }
      beginFrame();
    } else {
      sequence++;
      keyLength = NO_KEY;
    }
    payloadLength = batch ? length(FrameCodec.MAX_PAYLOAD) : frameEnd - Hash.BYTES - at;
    if (payloadLength < 0 || payloadLength > frameEnd - Hash.BYTES - at) {
      throw new DamagedFrameException("a payload of " + payloadLength + " bytes");
    }
    payloadAt = at;
    at += payloadLength + Hash.BYTES;
    left--;
    if (left == 0 && at != frameEnd) {
      throw new DamagedFrameException(frameEnd - at + " bytes too many in a frame");
    }
    return true;
  }

  /** Whether there is no further entry. */
  public boolean isAtEnd() {
    return left == 0 && at == limit;
  }

  private void beginFrame() throws DamagedFrameException {
    frameEnd = limit;
    long size = varint();
    at += FrameCodec.CRC_BYTES;
    if (size <= 0 || size > limit - at) {
      throw new DamagedFrameException("the frame is cut off");
    }
    frameEnd = at + (int) size;
    need(1);
    int flags = bytes[at++];
    epoch = varint();
    sequence = varint();
    need(FrameCodec.TIMESTAMP_BYTES);
    long high = (short) SHORT.get(bytes, at) & 0xffffL;
    timestamp = (high << 32) | ((int) INT.get(bytes, at + Short.BYTES) & 0xffffffffL);
    at += FrameCodec.TIMESTAMP_BYTES;
    batch = (flags & FrameCodec.BATCH) != 0;
    left = batch ? varint() : 1;
    if (left < 1) {
      throw new DamagedFrameException("a frame of " + left + " entries");
    }
    keyLength = NO_KEY;
    if ((flags & FrameCodec.KEYED) != 0) {
      keyLength = length(FrameCodec.MAX_KEY);
      keyAt = at;
      at += keyLength;
    }
  }

  private int length(int most) throws DamagedFrameException {
    long length = varint();
    if (length > most || length > frameEnd - at) {
      throw new DamagedFrameException("a field of " + length + " bytes");
    }
    return (int) length;
  }

  private void need(int count) throws DamagedFrameException {
    if (count > frameEnd - at) {
      throw new DamagedFrameException("a field reaches beyond its frame");
    }
  }

  private long varint() throws DamagedFrameException {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      need(1);
      byte b = bytes[at++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new DamagedFrameException("a number has more than 9 bytes");
  }

  /** Where all fields lie; not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  public long sequence() {
    return sequence;
  }

  public long epoch() {
    return epoch;
  }

  /** Milliseconds since 1970 UTC. */
  public long timestamp() {
    return timestamp;
  }

  public boolean hasKey() {
    return keyLength != NO_KEY;
  }

  public int keyAt() {
    return keyAt;
  }

  /** Length of the key in bytes, if there is one. */
  public int keyLength() {
    return keyLength;
  }

  public int payloadAt() {
    return payloadAt;
  }

  /** Length of the payload in bytes. */
  public int payloadLength() {
    return payloadLength;
  }

  /** Where the {@value Hash#BYTES} bytes of the hash begin. */
  public int hashAt() {
    return payloadAt + payloadLength;
  }
}
