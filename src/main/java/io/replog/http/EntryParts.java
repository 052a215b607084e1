package io.replog.http;

import io.replog.core.EntryWalk;

/**
 * Writes entries one after the other, each in as many parts as it needs: one may be six times as
 * long as JSON as it is in the log.
 */
final class EntryParts {
  private static final int NOTHING = -1;

  private final EntryForm form;
  private int written = NOTHING;
  private boolean first = true;

  EntryParts(EntryForm form) {
    this.form = form;
  }

  /** Whether an entry is begun and not at its end. */
  boolean isWithin() {
    return written != NOTHING;
  }

  /**
   * Writes an entry, or goes on with it, until there are about so many bytes.
   *
   * @param entry the same one again as long as it is not at its end
   */
  void write(JsonBytes out, EntryWalk entry, int upTo) {
    if (written == NOTHING) {
      form.head(out, entry, first);
      out.raw('"');
      first = false;
      written = 0;
    }
    int rest = entry.payloadLength() - written;
    int part = out.part(entry.bytes(), entry.payloadAt() + written, rest, upTo);
    if (part < rest) {
      written += part;
      return;
    }
    out.raw('"');
    form.tail(out, entry);
    written = NOTHING;
  }
}
