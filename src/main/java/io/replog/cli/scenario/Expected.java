package io.replog.cli.scenario;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is expected of the answer to an append; null and empty are not looked at.
 *
 * @param statuses HTTP statuses of which it is to be one
 * @param problem the last part of a problem's type, such as {@code no-quorum}
 * @param sequence counted from where the log ended when the play began
 * @param replayed whether it is the answer to an earlier append of the same key
 * @param copies how many copies were on disk (with {@code j: false} stored)
 * @param on nodes that are among these copies
 * @param atLeast how long it took at least
 * @param within how long it may take
 */
record Expected(
    List<Integer> statuses,
    @Nullable String problem,
    @Nullable Long sequence,
    @Nullable Boolean replayed,
    @Nullable Long copies,
    List<String> on,
    @Nullable Duration atLeast,
    Duration within) {

  /** What is expected where a script says nothing: the write concern is met. */
  static final Expected TO_BE_MET =
      new Expected(List.of(201), null, null, null, null, List.of(), null, Patience.ANSWER);
}
