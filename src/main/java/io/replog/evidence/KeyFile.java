package io.replog.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** Reads a file that holds one key. */
final class KeyFile {
  private static final int LONGEST = 4096;

  private KeyFile() {}

  /**
   * @param parser throws {@link BadKeyException}
   * @throws BadKeyException if it cannot be read or used; it names the file
   */
  static <T> T read(Path file, Function<String, T> parser) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST + 1);
    } catch (IOException e) {
      throw new BadKeyException("cannot read " + file + ": " + e, e);
    }
    if (bytes.length > LONGEST) {
      throw new BadKeyException(file + " has more than " + LONGEST + " bytes");
    }
    try {
      return parser.apply(new String(bytes, UTF_8));
    } catch (BadKeyException e) {
      throw new BadKeyException(file + " " + e.getMessage(), e);
    }
  }
}
