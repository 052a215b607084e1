package io.replog.storage;

import io.replog.core.Entry;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a {@code rolled-back-FIRST-LAST-TIME.ndjson} file is as it was written: the entries that
 * its name says, one line each, chained by their hashes. For one file and one thread.
 */
final class RolledBackCheck {
  private static final Pattern NAME =
      Pattern.compile("rolled-back-([0-9]{1,18})-([0-9]{1,18})-.*\\.ndjson");
  private static final int READ_BYTES = 64 << 10;

  private final HashChain chain = new HashChain();
  private long sequence;
  private @Nullable Hash hash;

  private RolledBackCheck(long first) {
    this.sequence = first - 1;
  }

  /** What is wrong, and where. */
  record Problem(long offset, String what) {}

  /** Whether a file of the data directory is one of these. */
  static boolean isOne(String name) {
    return NAME.matcher(name).matches();
  }

  /** The first thing that is wrong with a file, null if nothing is. */
  static @Nullable Problem check(Disk disk, String name) throws IOException {
    Matcher range = NAME.matcher(name);
    if (!range.matches()) {
      throw new IllegalArgumentException(name);
    }
    RolledBackCheck check = new RolledBackCheck(Long.parseLong(range.group(1)));
    try (DiskFile file = disk.open(name, Disk.Access.READ)) {
      return check.lines(file, Long.parseLong(range.group(2)));
    }
  }

  private @Nullable Problem lines(DiskFile file, long last) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
    long lineStart = 0;
    for (long at = 0; file.read(buffer.clear(), at) > 0; at += buffer.limit()) {
      buffer.flip();
      for (int i = 0; i < buffer.limit(); i++) {
        line.write(buffer.get(i));
        if (buffer.get(i) == '\n') {
          String problem = problem(line.toByteArray());
          if (problem != null) {
            return new Problem(lineStart, problem);
          }
          line.reset();
          lineStart = at + i + 1;
        }
      }
    }
    if (line.size() > 0) {
      return new Problem(lineStart, "the last line is cut off");
    }
    return sequence == last
        ? null
        : new Problem(lineStart, "it ends with entry %d, not %d".formatted(sequence, last));
  }

  private @Nullable String problem(byte[] line) {
    EntryLine read;
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    try {
      read = EntryLine.parse(line);
      read.write(again);
    } catch (IOException e) {
      return "no entry: " + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
    Entry entry = read.entry();
    if (entry.sequence() != sequence + 1) {
      return "entry %d lies where %d belongs".formatted(entry.sequence(), sequence + 1);
    }
    Hash before = hash == null ? read.previousHash() : hash;
    if (before == null || !hashAfter(before, entry).equals(entry.hash())) {
      return "the hash of entry %d is wrong".formatted(entry.sequence());
    }
    if (!Arrays.equals(line, again.toByteArray())) {
      return "entry %d is not written as it was".formatted(entry.sequence());
    }
    sequence = entry.sequence();
    hash = entry.hash();
    return null;
  }

  private Hash hashAfter(Hash before, Entry entry) {
    String key = entry.key();
    return chain.next(
        before,
        entry.sequence(),
        entry.epoch(),
        entry.timestamp(),
        key == null ? null : key.getBytes(StandardCharsets.UTF_8),
        entry.payload());
  }
}
