package io.replog.http;

import io.replog.core.AppendOutcome.Appended;
import io.replog.core.EntryWalk;
import io.replog.node.Node.EntryTrace;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How a list of entries is written: what comes before, each entry, and what comes after. */
interface ListForm extends EntryForm {
  default void begin(JsonBytes out) {}

  /** A message that was fed by hand and is no entry of a log. */
  void handFed(JsonBytes out, long sequence, byte[] message, boolean isFirst);

  default void end(JsonBytes out) {}

  /** One record a line. */
  record Lines() implements ListForm {
    @Override
    public void head(JsonBytes out, EntryWalk entry, boolean isFirst) {
      out.recordHead(entry);
    }

    @Override
    public void tail(JsonBytes out, EntryWalk entry) {
      out.hash(entry).raw("}\n");
    }

    @Override
    public void handFed(JsonBytes out, long sequence, byte[] message, boolean isFirst) {
      out.raw("{\"sequence\":").number(sequence);
      out.raw(",\"message\":").text(message, 0, message.length).raw("}\n");
    }
  }

  /**
   * One entry alone, with what is known of it.
   *
   * @param trace who has it, null where that is not remembered
   * @param isLine whether a line end follows
   */
  record Single(boolean committed, @Nullable EntryTrace trace, boolean isLine) implements ListForm {
    @Override
    public void head(JsonBytes out, EntryWalk entry, boolean isFirst) {
      out.recordHead(entry);
    }

    @Override
    public void tail(JsonBytes out, EntryWalk entry) {
      out.hash(entry);
      out.raw(committed ? ",\"committed\":true" : ",\"committed\":false");
      EntryTrace known = trace;
      if (known != null) {
        byte[] object = Json.bytes(json -> EntryJson.trace(json, known));
        out.raw(',').raw(Arrays.copyOfRange(object, 1, object.length - 1));
      }
      finish(out);
    }

    @Override
    public void handFed(JsonBytes out, long sequence, byte[] message, boolean isFirst) {
      out.raw("{\"sequence\":").number(sequence);
      out.raw(",\"message\":").text(message, 0, message.length);
      out.raw(",\"committed\":false");
      finish(out);
    }

    private void finish(JsonBytes out) {
      out.raw(isLine ? "}\n" : "}");
    }
  }

  /** The messages alone, in a list within an object. */
  sealed interface Messages extends ListForm {
    @Override
    default void head(JsonBytes out, EntryWalk entry, boolean isFirst) {
      separate(out, isFirst);
    }

    @Override
    default void tail(JsonBytes out, EntryWalk entry) {}

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
