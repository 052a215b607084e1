package io.replog.trust;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a small file says, read again when its bytes change. A change that cannot be read leaves
 * what was there before in force: a half-written file locks nobody out, and lets nobody in.
 *
 * <p>{@link #get} from any thread, {@link #look} from one at a time.
 */
public final class WatchedFile<T> implements Supplier<T> {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);

  private final Path path;
  private final int longest;
  private final Function<String, T> parser;
  private final AtomicBoolean broken = new AtomicBoolean();
  private byte[] bytes;
  private volatile T value;

  /**
   * Reads the file for the first time.
   *
   * @param longest most bytes that it may have
   * @param parser throws {@link BadTrustFileException}
   * @throws BadTrustFileException if it cannot be read or used; it names the file
   */
  public WatchedFile(Path path, int longest, Function<String, T> parser) {
    this.path = path;
    this.longest = longest;
    this.parser = parser;
    this.bytes = read();
    this.value = parsed(bytes);
  }

  @Override
  public T get() {
    return value;
  }

  /** Looks whether the file has changed. Returns whether something else is in force now. */
  public boolean look() {
    try {
      byte[] now = read();
      if (Arrays.equals(now, bytes)) {
        broken.set(false);
        return false;
      }
      T next = parsed(now);
      bytes = now;
      value = next;
      broken.set(false);
      LOG.info("read again file={}", path);
      return true;
    } catch (BadTrustFileException e) {
      if (broken.compareAndSet(false, true)) {
        LOG.error("{}; what it said before stays in force", e.getMessage());
      }
      return false;
    }
  }

  private byte[] read() {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] all = in.readNBytes(longest + 1);
      if (all.length > longest) {
        throw new BadTrustFileException(path + " has more than " + longest + " bytes");
      }
      return all;
    } catch (IOException e) {
      throw new BadTrustFileException("cannot read " + path + ": " + e, e);
    }
  }

  private T parsed(byte[] text) {
    try {
      return parser.apply(new String(text, UTF_8));
    } catch (BadTrustFileException e) {
      throw new BadTrustFileException(path + ": " + e.getMessage(), e);
    }
  }
}
