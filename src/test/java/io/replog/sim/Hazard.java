package io.replog.sim;

/** A kind of thing that goes wrong in a run, or is done to a cluster while others go wrong. */
enum Hazard {
  /** Crashes, power failures, pauses; messages lost, doubled and late; directions cut. */
  FAULTS,
  /** Disks that fill up and that fail a force. */
  FAILING_DISKS,
  /** Disks that are lost, that flip a bit of what is at rest, or are put back from an old copy. */
  LOST_DISKS,
  /** Secondaries leave and come back. */
  MEMBERS,
  /** The faults that every node offers: delay, errors, drop, partitions, a full disk. */
  SWITCHES,
  /** Nodes are stopped in order. */
  STOPS,
  /** The beginning of the log is trimmed, by request and by retention. */
  TRIMS,
  /** Faults wait for their moment, in place of most that come by chance. */
  AMBUSHES,
  /** As many nodes lie as the ring of keys bears: a run of its own, {@link LiarRun}. */
  LIARS
}
