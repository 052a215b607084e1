package io.replog.sim;

import io.replog.core.DamagedFrameException;
import io.replog.core.Frame;
import io.replog.core.FrameCodec;
import io.replog.replication.PeerMessage.Replicate;
import io.replog.replication.PeerMessage.Standing;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One line an event, of the last events, where it is wanted; else nothing. */
final class Trace {
  private static final int NONE = 0;

  private final int limit;
  private final Deque<String> lines = new ArrayDeque<>();

  private Trace(int limit) {
    this.limit = limit;
  }

  static Trace off() {
    return new Trace(NONE);
  }

  /** Keeps the last lines. */
  static Trace ofLast(int lines) {
    return new Trace(lines);
  }

  boolean on() {
    return limit > NONE;
  }

  void event(long nowNanos, String node, String what, @Nullable Object detail) {
    if (on()) {
      String text = detail == null ? "" : text(detail);
      add("%11.6f %-12s %-9s %s".formatted(nowNanos / 1e9, node, what, text));
    }
  }

  /** A line about what an event led to. */
  void note(String line) {
    if (on()) {
      add("            " + line);
    }
  }

  private void add(String line) {
    lines.addLast(line);
    if (lines.size() > limit) {
      lines.removeFirst();
    }
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  static String text(Object detail) {
    String plain =
        detail instanceof Replicate replicate
            ? "Replicate[epoch="
                + replicate.reign().epoch()
                + ", after="
                + replicate.previousSequence()
                + ", committed="
                + replicate.committedSequence()
                + ", entries="
                + entries(replicate.frames())
                + "]"
            : detail.toString();
    return plain
        .replaceAll("([0-9a-f]{8})[0-9a-f]{56}", "$1")
        .replaceAll("([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "$1")
        .replace(Standing.class.getSimpleName(), "");
  }

  private static String entries(ByteBuffer frames) {
    try {
      ByteBuffer in = frames.duplicate();
      Frame first = FrameCodec.decode(in);
      Frame last = first;
      while (in.hasRemaining()) {
        last = FrameCodec.decode(in);
      }
      return first.first().sequence() + ".." + last.last().sequence();
    } catch (DamagedFrameException e) {
      return "damaged";
    }
  }
}
