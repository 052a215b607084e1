package io.replog.core;

/** How many copies an append wants before it is answered. */
public sealed interface WriteConcern {
  /** Highest number that can be asked for. */
  int MAX_COPIES = 1000;

  /**
   * This many copies, whoever has them; of a majority's size or more, the majority's watermark must
   * have passed too.
   */
  record Copies(int count) implements WriteConcern {
    public Copies {
      if (count < 1 || count > MAX_COPIES) {
        throw new IllegalArgumentException("w is 1 to " + MAX_COPIES + ", not " + count);
      }
    }

    @Override
    public String toString() {
      return Integer.toString(count);
    }
  }

  /** A majority of the voting configuration, of both during a transition. */
  record Majority() implements WriteConcern {
    @Override
    public String toString() {
      return "majority";
    }
  }

  /** Every seat, of both configurations during a transition. */
  record All() implements WriteConcern {
    @Override
    public String toString() {
      return "all";
    }
  }

  /**
   * A majority's disks, and the signed word of a certified quorum that the entry is committed and
   * durable with them: it holds though some of the nodes lie (protocol, <i>Evidence against a lying
   * node</i>).
   */
  record Certified() implements WriteConcern {
    @Override
    public String toString() {
      return "certified";
    }
  }
}
