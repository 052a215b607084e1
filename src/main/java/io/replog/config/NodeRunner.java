package io.replog.config;

/** Runs one node. The commands call it; what puts a node together implements it. */
@FunctionalInterface
public interface NodeRunner {
  /**
   * Runs the node until it is told to stop, or fails.
   *
   * @return the exit code of the process: 0 done, 1 failed, 2 a wrong setting
   */
  int run(NodeOptions options);
}
