package io.replog.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lines of UTF-8 text, of which none may be longer than a limit. Ends of lines are LF or CR LF. */
public final class LineReader {
  private final InputStream in;
  private final int maxBytes;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  public LineReader(InputStream in, int maxBytes) {
    this.in = new BufferedInputStream(in);
    this.maxBytes = maxBytes;
  }

  /** A line above the limit; what follows it cannot be told. */
  public static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLongException(int maxBytes) {
      super("a line is longer than " + maxBytes + " bytes");
    }
  }

  /**
   * The next line without its end, null at the end of the input.
   *
   * @throws TooLongException if it is too long
   * @throws CharacterCodingException if it is not UTF-8; the next call goes on behind it
   */
  public @Nullable String next() throws IOException {
    line.reset();
    int b = in.read();
    if (b < 0) {
      return null;
    }
    while (b >= 0 && b != '\n') {
      line.write(b);
      // one more only where it may be the end's CR: nothing is waited for once it is too long
      if (line.size() > maxBytes + 1 || (line.size() > maxBytes && b != '\r')) {
        throw new TooLongException(maxBytes);
      }
      b = in.read();
    }
    byte[] bytes = line.toByteArray();
    int length = bytes.length;
    if (b == '\n' && length > 0 && bytes[length - 1] == '\r') {
      length--;
    }
    if (length > maxBytes) {
      throw new TooLongException(maxBytes);
    }
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
  }
}
