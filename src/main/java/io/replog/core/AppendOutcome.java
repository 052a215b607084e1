package io.replog.core;

import java.util.List;

/**
 * The answer to an append: in the log, definitely not in the log, or unknown. No path turns one
 * into another.
 */
public sealed interface AppendOutcome {

  /**
   * In the log.
   *
   * @param firstSequence sequence of its first message
   * @param lastSequence sequence of its last message
   * @param epoch epoch in which it was first written
   * @param concern the write concern that was asked for
   * @param journal whether copies had to be durable
   * @param satisfied whether the write concern was met in time
   * @param committed whether a majority has it on disk
   * @param replayed whether an earlier append with this key (or content) is what is answered
   * @param copies who has it, the master first
   */
  record Appended(
      long firstSequence,
      long lastSequence,
      long epoch,
      WriteConcern concern,
      boolean journal,
      boolean satisfied,
      boolean committed,
      boolean replayed,
      List<Copy> copies)
      implements AppendOutcome {}

  /** Nothing of it is in the log, nor will be. */
  record Refused(Refusal why) implements AppendOutcome {}

  /**
   * The master lost its role while the append waited: it may live on or not. Asking again with the
   * same key settles it.
   *
   * @param firstSequence the sequence it had
   * @param epoch the epoch that ended
   */
  record Unknown(long firstSequence, long epoch) implements AppendOutcome {}

  /**
   * A fault that was asked for: the append is answered as a server's failure.
   *
   * @param appended whether it was put into the log before
   */
  record Injected(boolean appended) implements AppendOutcome {}

  /**
   * One copy of an entry.
   *
   * @param node who
   * @param stored whether it has the entry
   * @param durable whether it has it on disk
   * @param ms milliseconds from the sequencing until this copy counted (durable, or stored where
   *     that was asked for), -1 while it does not or where it is no longer remembered
   */
  record Copy(String node, boolean stored, boolean durable, double ms) {}
}
