package io.replog.core;

/**
 * When a growing sequence passed which point, for the newest points only: acknowledgements are
 * cumulative, so one (sequence, time) pair an acknowledgement answers the question for every entry
 * below it. A ring of fixed size.
 *
 * <p>Not safe for use by several threads.
 */
public final class SequenceTimes {
  private final long[] sequences;
  private final long[] times;
  private long written;
  private long after;

  /**
   * @param capacity pairs that are remembered
   */
  public SequenceTimes(int capacity) {
    sequences = new long[capacity];
    times = new long[capacity];
  }

  /**
   * Notes that everything up to {@code sequence} was there at {@code time}; what does not grow is
   * ignored.
   */
  public void passed(long sequence, long time) {
    if (sequence <= after) {
      return;
    }
    if (written > 0 && sequence <= sequences[slot(written - 1)]) {
      return;
    }
    sequences[slot(written)] = sequence;
    times[slot(written)] = time;
    written++;
  }

  /**
   * When {@code sequence} was first known to be there, or -1 if it is not there or no longer
   * remembered, or was there before.
   */
  public long at(long sequence) {
    if (sequence <= after) {
      return -1;
    }
    long low = Math.max(0, written - sequences.length);
    long high = written;
    if (low > 0 && sequences[slot(low)] >= sequence) {
      return -1;
    }
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (sequences[slot(middle)] >= sequence) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low == written ? -1 : times[slot(low)];
  }

  /** Forgets all, as when a log was cut back; what is there up to {@code sequence} was before. */
  public void beginAfter(long sequence) {
    written = 0;
    after = sequence;
  }

  /** Up to where all was there before. */
  public long after() {
    return after;
  }

  private int slot(long index) {
    return (int) (index % sequences.length);
  }
}
