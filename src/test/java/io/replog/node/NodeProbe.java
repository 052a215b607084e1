package io.replog.node;

/** What only the node's own package sees, for the simulator. */
public final class NodeProbe {
  private NodeProbe() {}

  /** The epoch that a node leads now, 0 if it does not. */
  public static long activeEpoch(Node node) {
    return node instanceof MasterNode master && master.phase() instanceof ActiveMaster active
        ? active.epoch()
        : 0;
  }

  /** What a master-capable node is doing, for people. */
  public static String phase(Node node) {
    return node instanceof MasterNode master
        ? String.valueOf(master.phase())
        : String.valueOf(node.role());
  }
}
