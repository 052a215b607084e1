package io.replog.evidence;

import io.replog.core.Hash;
import io.replog.core.HashChain;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The public keys of the nodes, by node id, which the operator gives to every node and to whoever
 * checks a receipt. Of {@code n} nodes up to {@code f = floor((n-1)/3)} may lie, and {@code q =
 * floor((n+f)/2)+1} have to say the same: two sets of {@code q} meet in at least {@code f+1} nodes,
 * so in an honest one (Castro and Liskov, <i>Practical Byzantine Fault Tolerance</i>, 1999; {@code
 * q} is {@code 2f+1} where {@code n = 3f+1}).
 *
 * <p>The ring is fixed for the cluster's life: with another {@code n} the quorum is another, and
 * quorums of two rings need not meet. Immutable; any thread.
 */
public class KeyRing {
  /** Fewest nodes of which one may lie. */
  public static final int FEWEST = 4;

  /** Most nodes of a ring. */
  public static final int MOST = 100;

  /** How the file of a node's key ends; before it is the node's id. */
  public static final String SUFFIX = ".pub";

  private final NavigableMap<String, PublicKey> keys;
  private final Hash digest;

  /** What became of a check. */
  public enum Check {
    /** The node that the statement names has said it. */
    GOOD,
    /** The ring has no key of that node. */
    UNKNOWN_NODE,
    /** The signature is not of that node's key over this statement. */
    BAD_SIGNATURE
  }

  KeyRing(NavigableMap<String, PublicKey> keys) {
    if (keys.isEmpty() || keys.size() > MOST) {
      throw new BadKeyException(
          "a ring has from 1 to " + MOST + " public keys, not " + keys.size());
    }
    Set<PublicKey> distinct = new HashSet<>();
    for (Map.Entry<String, PublicKey> key : keys.entrySet()) {
      if (!distinct.add(key.getValue())) {
        throw new BadKeyException(
            "%s has the key of another node of the ring: each needs one of its own"
                .formatted(key.getKey()));
      }
    }
    this.keys = keys;
    this.digest = HashChain.ofContent(content(keys));
  }

  /** The ring of these keys. */
  public static KeyRing of(Collection<NodeKeys> nodes) {
    return new KeyRing(keys(nodes));
  }

  static NavigableMap<String, PublicKey> keys(Collection<NodeKeys> nodes) {
    TreeMap<String, PublicKey> keys = new TreeMap<>();
    nodes.forEach(one -> keys.put(one.node(), Ed25519.publicKey(one.publicPem())));
    return keys;
  }

  /**
   * Reads every {@code NODE.pub} of a directory; other files are passed over.
   *
   * @throws BadKeyException if there is none, or one that cannot be used; it names the file
   */
  public static KeyRing read(Path directory) {
    TreeMap<String, PublicKey> keys = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        String node = name.substring(0, name.length() - SUFFIX.length());
        if (!NodeName.isOne(node)) {
          throw new BadKeyException(file + " is not named after a node: " + NodeName.ALLOWED);
        }
        keys.put(node, KeyFile.read(file, Ed25519::publicKey));
      }
    } catch (IOException e) {
      throw new BadKeyException("cannot read the keys in " + directory + ": " + e, e);
    }
    try {
      return new KeyRing(keys);
    } catch (BadKeyException e) {
      throw new BadKeyException(directory + ": " + e.getMessage(), e);
    }
  }

  /** Whose keys it has. */
  public SortedSet<String> nodes() {
    return new TreeSet<>(keys.keySet());
  }

  public boolean has(String node) {
    return keys.containsKey(node);
  }

  /** How many nodes it has: {@code n}. */
  public int size() {
    return keys.size();
  }

  /** How many of them may lie: {@code f}. */
  public int liars() {
    return (keys.size() - 1) / 3;
  }

  /** How many have to attest: {@code q}. */
  public int quorum() {
    return (keys.size() + liars()) / 2 + 1;
  }

  /** Whether it is large enough to prove anything. */
  public boolean certifies() {
    return keys.size() >= FEWEST;
  }

  /** By which a receipt names the ring: SHA-256 over the nodes' ids and keys in order. */
  public Hash digest() {
    return digest;
  }

  /** Whether the node that is named has said it. */
  public Check check(Signed<?> signed) {
    PublicKey key = keys.get(signed.statement().node());
    if (key == null) {
      return Check.UNKNOWN_NODE;
    }
    return verifies(key, signed.statement().node(), signed.statement().bytes(), signed.signature())
        ? Check.GOOD
        : Check.BAD_SIGNATURE;
  }

  /** What a simulation, which checks thousands, does by other means. */
  boolean verifies(PublicKey key, String node, byte[] bytes, Signature signature) {
    return Ed25519.verify(key, bytes, signature);
  }

  /** Whether {@link #check} finds it good. */
  public boolean holds(Signed<?> signed) {
    return check(signed) == Check.GOOD;
  }

  /**
   * That everybody with this ring will believe what it signs.
   *
   * @throws BadKeyException if the ring has no key of its node, or another
   */
  public void requireKeyOf(NodeSigner signer) {
    PublicKey key = keys.get(signer.node());
    if (key == null) {
      throw new BadKeyException("the ring has no public key of this node, " + signer.node());
    }
    if (!verifies(key, signer.node(), NodeSigner.probed(signer.node()), signer.probe())) {
      throw new BadKeyException(
          "the private key of this node, %s, is not that of its public key in the ring"
              .formatted(signer.node()));
    }
  }

  private static byte[] content(NavigableMap<String, PublicKey> keys) {
    return Layout.of(
        "replog/ring/1",
        out -> {
          out.writeShort(keys.size());
          for (Map.Entry<String, PublicKey> key : keys.entrySet()) {
            Layout.write(out, key.getKey());
            Layout.write(out, key.getValue().getEncoded());
          }
        });
  }
}
