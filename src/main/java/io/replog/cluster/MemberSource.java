package io.replog.cluster;

/**
 * Who ought to be in the cluster, where that is said outside of it: a source of names and
 * addresses, never of votes. It looks again by itself every now and then, tells its {@link
 * MemberListener} of every look, and is silent about what it cannot find out.
 */
public interface MemberSource {
  /** What it is called, for people and for {@code /cluster}: one word. */
  String name();

  /**
   * Looks again soon; the listener is told of what was found, or that nothing was. From any thread;
   * never blocks. Asking twice may be one look.
   */
  void look();
}
