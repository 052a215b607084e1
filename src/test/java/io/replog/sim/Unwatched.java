package io.replog.sim;

/** Looks at nothing that a node does; none may end by itself. */
final class Unwatched implements SimNode.Watcher {
  @Override
  public void started(SimNode node) {}

  @Override
  public void turned(SimNode node) {}

  @Override
  public void goesDown(SimNode node) {}

  @Override
  public void crashed(SimNode node) {
    throw new AssertionError(node.id() + " crashed");
  }
}
