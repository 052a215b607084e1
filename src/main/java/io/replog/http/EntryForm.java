package io.replog.http;

import io.replog.core.EntryWalk;

/** What is written around the message of an entry. */
interface EntryForm {
  /**
   * What comes before the message.
   *
   * @param isFirst whether no entry was written before this one
   */
  void head(JsonBytes out, EntryWalk entry, boolean isFirst);

  /** What comes after it. */
  void tail(JsonBytes out, EntryWalk entry);
}
