package io.replog.cli.scenario;

import io.replog.client.ClientException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The cluster that a scenario is played on. */
public interface Stage {
  /**
   * A node.
   *
   * @param id what it calls itself
   */
  record Member(String id, URI url, boolean isMaster) {}

  /** All nodes, running or not: the masters, then the secondaries in their order. */
  List<Member> members() throws ClientException;

  /** Its processes; empty where they are not ours to start and end. */
  Optional<Troupe> troupe();

  /** Whether it was told to end, so that nothing can be said of what happens now. */
  boolean isClosed();

  /** The processes of a cluster of one's own, by node id. */
  interface Troupe {
    /** Starts a node that does not run; it is not ready yet. Returns the process id. */
    long start(String id) throws IOException;

    /** Asks a node to stop, and waits for its end. */
    void stop(String id) throws InterruptedException;

    /** Ends a node as a crash does, and waits for its end. */
    void kill(String id) throws InterruptedException;

    void pause(String id) throws IOException, InterruptedException;

    void resume(String id) throws IOException, InterruptedException;

    /** The last line of the node's log that has this text. */
    Optional<String> logged(String id, String text) throws IOException;

    /** A node that has ended though nobody told it to. */
    Optional<String> lost();

    /** Where its data and logs are. */
    String place();
  }
}
