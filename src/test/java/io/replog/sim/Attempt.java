package io.replog.sim;

/** An append as one node was asked for it. */
final class Attempt {
  private final Operation.Append append;
  private final SimNode node;
  private final long incarnation;
  private final boolean delayed;
  private boolean answering;
  private boolean answered;

  Attempt(Operation.Append append, SimNode node) {
    this.append = append;
    this.node = node;
    this.incarnation = node.incarnation();
    this.delayed = !node.node().faults().delay().isZero();
  }

  Operation.Append append() {
    return append;
  }

  SimNode node() {
    return node;
  }

  /** Whether the node was told to be slow when it was asked. */
  boolean isDelayed() {
    return delayed;
  }

  /** The node has called back. */
  void answering() {
    answering = true;
  }

  boolean isAnswering() {
    return answering;
  }

  /** The turn of the answer is over: it has left the node. */
  void answered() {
    answered = true;
  }

  boolean isAnswered() {
    return answered;
  }

  /** Whether the process that was asked is still there. */
  boolean nodeLives() {
    return node.up() && node.incarnation() == incarnation;
  }
}
