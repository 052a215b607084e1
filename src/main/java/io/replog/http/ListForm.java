package io.replog.http;

import io.replog.core.AppendOutcome.Appended;
import io.replog.core.EntryWalk;
import java.util.Arrays;

/** How a list of entries is written: what comes before, each entry, and what comes after. */
interface ListForm {
  void begin(JsonBytes out);

  /**
   * One entry.
   *
   * @param isFirst whether none was written before it
   */
  void entry(JsonBytes out, EntryWalk entry, boolean isFirst);

  /** A message that was fed by hand and is no entry of a log. */
  void handFed(JsonBytes out, long sequence, byte[] message, boolean isFirst);

  void end(JsonBytes out);

  /** One record a line. */
  record Lines() implements ListForm {
    @Override
    public void begin(JsonBytes out) {}

    @Override
    public void entry(JsonBytes out, EntryWalk entry, boolean isFirst) {
      out.entry(entry).raw('\n');
    }

    @Override
    public void handFed(JsonBytes out, long sequence, byte[] message, boolean isFirst) {
      out.raw("{\"sequence\":").number(sequence);
      out.raw(",\"message\":").text(message, 0, message.length).raw("}\n");
    }

    @Override
    public void end(JsonBytes out) {}
  }

  /** The messages alone, in a list within an object. */
  sealed interface Messages extends ListForm {
    @Override
    default void entry(JsonBytes out, EntryWalk entry, boolean isFirst) {
      separate(out, isFirst);
      out.message(entry);
    }

    @Override
    default void handFed(JsonBytes out, long sequence, byte[] message, boolean isFirst) {
      separate(out, isFirst);
      out.text(message, 0, message.length);
    }

    private static void separate(JsonBytes out, boolean isFirst) {
      if (!isFirst) {
        out.raw(',');
      }
    }
  }

  /** The messages, and where they lie. */
  record Page(long from, long next, long last, long committed) implements Messages {
    @Override
    public void begin(JsonBytes out) {
      out.raw("{\"messages\":[");
    }

    @Override
    public void end(JsonBytes out) {
      out.raw("],\"from\":").number(from);
      out.raw(",\"next\":").number(next);
      out.raw(",\"last\":").number(last);
      out.raw(",\"committed\":").number(committed).raw('}');
    }
  }

  /** The answer to an append with the whole list in it. */
  record AfterAppend(Appended appended) implements Messages {
    @Override
    public void begin(JsonBytes out) {
      byte[] object = Json.bytes(json -> AppendedJson.write(json, appended));
      out.raw(Arrays.copyOf(object, object.length - 1)).raw(",\"messages\":[");
    }

    @Override
    public void end(JsonBytes out) {
      out.raw("]}");
    }
  }
}
