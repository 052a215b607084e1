package io.replog.core;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A secondary that ought to exist.
 *
 * @param node its node id; the declared URL while the node has never answered
 * @param store the store that holds the seat's vote, or null while the seat is vacant: it then
 *     counts but never votes
 * @param url where it was last known to be; informative, never identity
 */
public record Seat(String node, @Nullable UUID store, String url) {

  /** Whether acknowledgements and grants of this store count for this seat. */
  public boolean heldBy(@Nullable UUID candidate) {
    return store != null && store.equals(candidate);
  }
}
