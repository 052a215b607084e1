package io.replog.evidence;

import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The keys of some nodes, the same in every run. For tests alone: whoever knows the seed has them.
 */
public final class SeededKeys {
  private final Map<String, NodeKeys> keys = new LinkedHashMap<>();
  private final KeyRing ring;

  private SeededKeys(long seed, List<String> nodes) {
    SecureRandom random = new Seeded(seed);
    nodes.forEach(node -> keys.put(node, NodeKeys.generate(node, random)));
    ring = KeyRing.of(keys.values());
  }

  public static SeededKeys of(long seed, String... nodes) {
    return new SeededKeys(seed, List.of(nodes));
  }

  public static SeededKeys of(long seed, List<String> nodes) {
    return new SeededKeys(seed, nodes);
  }

  public KeyRing ring() {
    return ring;
  }

  public NodeKeys of(String node) {
    NodeKeys found = keys.get(node);
    if (found == null) {
      throw new IllegalArgumentException("no keys of " + node);
    }
    return found;
  }

  public NodeSigner signer(String node) {
    return of(node).signer();
  }

  /** Not random at all: what it gives follows from the seed. */
  private static final class Seeded extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final Random random;

    Seeded(long seed) {
      this.random = new Random(seed);
    }

    @Override
    public void nextBytes(byte[] bytes) {
      random.nextBytes(bytes);
    }
  }
}
