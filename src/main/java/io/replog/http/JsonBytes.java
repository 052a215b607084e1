package io.replog.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.replog.core.EntryWalk;
import io.replog.core.Hash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * JSON of entries, straight from the bytes of their frames: UTF-8 is copied, never decoded, and
 * nothing is made for an entry. For one thread at a time.
 */
final class JsonBytes {
  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
  private static final byte[] HEX_OF_ESCAPE = "0123456789ABCDEF".getBytes(US_ASCII);

  /** How a byte stands in a text: 0 as it is, else the letter after the backslash. */
  private static final byte[] ESCAPES = new byte[128];

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long EVERY_BYTE = 0x0101010101010101L;
  private static final long HIGH_BITS = EVERY_BYTE << 7;
  private static final int DIGITS = 20;
  private static final int LONGEST_ESCAPE = 6;

  static {
    Arrays.fill(ESCAPES, 0, ' ', (byte) 'u');
    ESCAPES['\b'] = 'b';
    ESCAPES['\t'] = 't';
    ESCAPES['\n'] = 'n';
    ESCAPES['\f'] = 'f';
    ESCAPES['\r'] = 'r';
    ESCAPES['"'] = '"';
    ESCAPES['\\'] = '\\';
  }

  /** What each thread writes the pieces of its streams into, one after the other. */
  private static final ThreadLocal<JsonBytes> OF_THREAD =
      ThreadLocal.withInitial(() -> new JsonBytes(1024));

  private byte[] out;
  private int size;

  /**
   * @param expected size to begin with, in bytes; it grows as needed
   */
  JsonBytes(int expected) {
    out = new byte[Math.max(expected, DIGITS)];
  }

  /** The calling thread's own, with nothing in it; to be taken before the thread asks again. */
  static JsonBytes ofThread() {
    JsonBytes out = OF_THREAD.get();
    out.size = 0;
    return out;
  }

  /** How many bytes there are. */
  int size() {
    return size;
  }

  /** A copy of all that there is; begins anew. */
  byte[] take() {
    byte[] taken = Arrays.copyOf(out, size);
    size = 0;
    return taken;
  }

  /** Bytes as they are. */
  JsonBytes raw(byte[] bytes) {
    room(bytes.length);
    System.arraycopy(bytes, 0, out, size, bytes.length);
    size += bytes.length;
    return this;
  }

  /** ASCII as it is. */
  JsonBytes raw(String ascii) {
    return raw(ascii.getBytes(US_ASCII));
  }

  /** One byte as it is. */
  JsonBytes raw(char ascii) {
    room(1);
    out[size++] = (byte) ascii;
    return this;
  }

  /** A number that is not below 0. */
  JsonBytes number(long value) {
    room(DIGITS);
    int digits = 1;
    for (long rest = value; rest > 9; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int i = size + digits - 1; i >= size; i--) {
      out[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += digits;
    return this;
  }

  /** What the record of an entry has before its message. */
  JsonBytes recordHead(EntryWalk entry) {
    raw("{\"sequence\":").number(entry.sequence());
    raw(",\"epoch\":").number(entry.epoch());
    raw(",\"timestamp\":").number(entry.timestamp());
    if (entry.hasKey()) {
      raw(",\"key\":").text(entry.bytes(), entry.keyAt(), entry.keyLength());
    }
    return raw(",\"message\":");
  }

  /** The member that it has after the message. */
  JsonBytes hash(EntryWalk entry) {
    return raw(",\"hash\":\"").hex(entry.bytes(), entry.hashAt(), Hash.BYTES).raw('"');
  }

  /** A text with its quotes, from its UTF-8. */
  JsonBytes text(byte[] from, int begin, int length) {
    room(length + 2);
    raw('"');
    var _ = part(from, begin, length, Integer.MAX_VALUE);
    return raw('"');
  }

  /**
   * Goes on with a text, without its quotes, until there are so many bytes or a few more.
   *
   * @return how much of the text that was, in bytes of its UTF-8
   */
  int part(byte[] from, int begin, int length, int upTo) {
    int end = begin + length;
    int at = begin;
    while (at < end && size < upTo) {
      int clean = cleanUpTo(from, at, at + Math.min(end - at, upTo - size));
      room(clean - at + LONGEST_ESCAPE);
      System.arraycopy(from, at, out, size, clean - at);
      size += clean - at;
      at = clean;
      if (at < end && size < upTo) {
        escape(from[at++]);
      }
    }
    return at - begin;
  }

  /** Where the next byte is that must be escaped: eight are looked at together. */
  private static int cleanUpTo(byte[] from, int begin, int end) {
    int at = begin;
    while (at <= end - Long.BYTES && !hasEscape((long) LONG.get(from, at))) {
      at += Long.BYTES;
    }
    while (at < end && (from[at] < 0 || ESCAPES[from[at]] == 0)) {
      at++;
    }
    return at;
  }

  /** Whether a quote, a backslash or a control character may be among eight bytes. */
  private static boolean hasEscape(long eight) {
    long quotes = eight ^ (EVERY_BYTE * '"');
    long backslashes = eight ^ (EVERY_BYTE * '\\');
    long found =
        ((quotes - EVERY_BYTE) & ~quotes)
            | ((backslashes - EVERY_BYTE) & ~backslashes)
            | ((eight - EVERY_BYTE * ' ') & ~eight);
    return (found & HIGH_BITS) != 0;
  }

  private void escape(byte character) {
    byte letter = ESCAPES[character];
    out[size++] = '\\';
    out[size++] = letter;
    if (letter == 'u') {
      out[size++] = '0';
      out[size++] = '0';
      out[size++] = HEX_OF_ESCAPE[character >> 4];
      out[size++] = HEX_OF_ESCAPE[character & 0xf];
    }
  }

  private JsonBytes hex(byte[] from, int begin, int length) {
    room(2 * length);
    for (int i = begin; i < begin + length; i++) {
      out[size++] = HEX[(from[i] >> 4) & 0xf];
      out[size++] = HEX[from[i] & 0xf];
    }
    return this;
  }

  private void room(int more) {
    if (more > out.length - size) {
      out = Arrays.copyOf(out, Math.max(size + more, 2 * out.length));
    }
  }
}
