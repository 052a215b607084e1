package io.replog.cli;

import io.replog.core.Entry;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import io.replog.storage.EntryLine;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code replog export} wrote, entry by entry, and verifies it on the way: each line
 * continues the hash chain from the one before, the first from the hash that it names itself. For
 * one thread.
 */
final class ExportedLines {
  /** A message of 1 MiB whose every byte is escaped, and the other members. */
  private static final int LONGEST_LINE = 7 << 20;

  private final InputStream in;
  private final String name;
  private final HashChain chain = new HashChain();
  private @Nullable Entry last;
  private byte[] rest = {};
  private long wholeBytes;
  private long lines;

  /**
   * @param name of the file, for people
   */
  ExportedLines(InputStream in, String name) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.name = name;
  }

  /**
   * The next entry, null at the end. A last line without its newline is none here: an export may
   * have been broken off there. {@link #rest} and {@link #lastEntry} have it.
   *
   * @throws CommandFailedException if a line is not one of an export, or does not follow
   */
  @Nullable Entry next() throws IOException {
    byte[] line = line();
    if (line == null) {
      return null;
    }
    lines++;
    EntryLine read;
    try {
      read = EntryLine.parse(line);
    } catch (IOException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
    check(read);
    wholeBytes += line.length + 1;
    last = read.entry();
    return last;
  }

  /** What follows the last newline, once {@link #next} has returned null; empty if nothing does. */
  byte[] rest() {
    return rest.clone();
  }

  /**
   * The entry that follows the last newline, null if nothing does; once.
   *
   * @throws CommandFailedException if that is no whole line of an export, or does not follow
   */
  @Nullable Entry lastEntry() {
    if (rest.length == 0) {
      return null;
    }
    lines++;
    EntryLine read;
    try {
      read = EntryLine.parse(rest);
    } catch (IOException e) {
      throw wrong("the file breaks off within this line; the same export goes on there");
    }
    check(read);
    rest = new byte[0];
    last = read.entry();
    return last;
  }

  private byte @Nullable [] line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        return line.toByteArray();
      }
      if (line.size() == LONGEST_LINE) {
        lines++;
        throw wrong("a line is longer than any entry can be");
      }
      line.write(b);
    }
    if (line.size() > 0) {
      rest = line.toByteArray();
    }
    return null;
  }

  private void check(EntryLine read) {
    Entry before = last;
    Hash hashBefore = before == null ? read.previousHash() : before.hash();
    if (hashBefore == null) {
      throw wrong("the first line has no previousHash");
    }
    Entry entry = read.entry();
    if (before != null && entry.sequence() != before.sequence() + 1) {
      throw wrong("entry %d where %d belongs".formatted(entry.sequence(), before.sequence() + 1));
    }
    String key = entry.key();
    Hash hash =
        chain.next(
            hashBefore,
            entry.sequence(),
            entry.epoch(),
            entry.timestamp(),
            key == null ? null : key.getBytes(StandardCharsets.UTF_8),
            entry.payload());
    if (!hash.equals(entry.hash())) {
      throw wrong("the hash of entry " + entry.sequence() + " is wrong");
    }
  }

  /** The entry that was read last, null before any. */
  @Nullable Entry last() {
    return last;
  }

  /** How many bytes the whole lines have that were read. */
  long wholeBytes() {
    return wholeBytes;
  }

  private CommandFailedException wrong(String why) {
    return new CommandFailedException("%s, line %d: %s".formatted(name, lines, why));
  }
}
