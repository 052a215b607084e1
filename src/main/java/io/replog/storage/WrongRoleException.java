package io.replog.storage;

import io.replog.core.NodeRole;
import java.util.Locale;

/** The directory belongs to a node of the other kind. */
public final class WrongRoleException extends StorageException {
  private static final long serialVersionUID = 1;

  WrongRoleException(String directory, String node, NodeRole found, NodeRole wanted) {
    super(
        directory,
        "%s is the data of %s, a %s; it cannot be opened as a %s%s"
            .formatted(
                directory,
                node,
                word(found),
                word(wanted),
                wanted == NodeRole.MASTER
                    ? " (after the loss of a majority of the disks 'replog recover' makes it one's)"
                    : ""),
        null);
  }

  private static String word(NodeRole role) {
    return role.name().toLowerCase(Locale.ROOT);
  }
}
