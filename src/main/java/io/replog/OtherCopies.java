package io.replog;

import io.replog.config.NodeSettings;
import io.replog.core.Configuration;
import io.replog.core.NodeState;
import io.replog.core.Seat;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may have what this node has lost, as far as it knows by itself: the last master, the declared
 * secondaries, the seats of its configurations. For any thread.
 */
final class OtherCopies {
  private static final Logger LOG = LoggerFactory.getLogger(OtherCopies.class);
  private static final String LAST_MASTER = "last-master";
  private static final int LONGEST_URL = 2048;

  private final NodeSettings settings;

  OtherCopies(NodeSettings settings) {
    this.settings = settings;
  }

  /**
   * Notes where the active master was last: beside the secondaries, which are in the state, the one
   * to ask. Of no other meaning, so it is not synced.
   */
  static void noteMaster(Path data, String url) {
    try {
      Files.writeString(data.resolve(LAST_MASTER), url + "\n");
    } catch (IOException e) {
      LOG.warn("could not note the master's URL: {}", e.getMessage());
    }
  }

  /**
   * Their URLs, the most likely first; not this node's own.
   *
   * @param state what this node knows of its cluster, null if that cannot be read
   */
  Set<URI> urls(@Nullable NodeState state) {
    Set<URI> peers = new LinkedHashSet<>();
    add(peers, lastMaster());
    URI master = settings.master();
    if (master != null) {
      peers.add(master);
    }
    List<URI> declared = settings.secondaries();
    if (declared != null) {
      peers.addAll(declared);
    }
    if (state != null) {
      for (Configuration configuration : configurations(state)) {
        for (Seat seat : configuration.seats()) {
          add(peers, seat.url());
        }
      }
    }
    peers.remove(settings.advertise());
    return peers;
  }

  private static List<Configuration> configurations(NodeState state) {
    List<Configuration> all = new ArrayList<>(List.of(state.membership().committed()));
    Configuration proposed = state.membership().proposed();
    if (proposed != null) {
      all.add(proposed);
    }
    return all;
  }

  private String lastMaster() {
    Path file = settings.data().resolve(LAST_MASTER);
    try {
      return Files.exists(file) && Files.size(file) <= LONGEST_URL
          ? Files.readString(file, StandardCharsets.UTF_8).strip()
          : "";
    } catch (IOException e) {
      LOG.warn("cannot read {}: {}", file, e.getMessage());
      return "";
    }
  }

  private static void add(Set<URI> peers, String url) {
    if (url.isEmpty()) {
      return;
    }
    try {
      URI peer = new URI(url);
      String scheme = String.valueOf(peer.getScheme());
      if (peer.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
        peers.add(peer);
      }
    } catch (URISyntaxException e) {
      LOG.warn("no URL of a node: {}", e.getMessage());
    }
  }
}
