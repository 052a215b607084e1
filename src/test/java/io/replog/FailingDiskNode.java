package io.replog;

import io.replog.cli.Commands;
import io.replog.storage.FileDisk;

/** The program as it is, but that a node's disk fails a force when it is told to. */
final class FailingDiskNode {
  private FailingDiskNode() {}

  public static void main(String[] args) {
    System.exit(
        Commands.execute(
            Commands.commandLine(
                new Application(),
                options ->
                    NodeServer.run(options, data -> new FailingDisk(new FileDisk(data), data))),
            args));
  }
}
