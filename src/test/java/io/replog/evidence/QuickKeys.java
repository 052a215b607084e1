package io.replog.evidence;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.List;

/**
 * Keys for simulations, in which Ed25519 would take most of the time: a signature is a digest of
 * the signer's name and what is signed. Anybody could make one; a simulated liar is one who does
 * not. The public keys, and so the ring's digest, are those of {@link SeededKeys}.
 */
public final class QuickKeys {
  private final KeyRing ring;

  private QuickKeys(List<String> nodes) {
    SeededKeys real = SeededKeys.of(1, nodes);
    this.ring = new QuickRing(nodes.stream().map(real::of).toList());
  }

  public static QuickKeys of(List<String> nodes) {
    return new QuickKeys(nodes);
  }

  public KeyRing ring() {
    return ring;
  }

  public NodeSigner signer(String node) {
    return new NodeSigner(node, bytes -> signature(node, bytes));
  }

  private static final class QuickRing extends KeyRing {
    QuickRing(List<NodeKeys> nodes) {
      super(keys(nodes));
    }

    @Override
    boolean verifies(PublicKey key, String node, byte[] bytes, Signature signature) {
      return signature.equals(QuickKeys.signature(node, bytes));
    }
  }

  private static Signature signature(String node, byte[] bytes) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-512");
      sha.update(Layout.of("simulated signature", out -> Layout.write(out, node)));
      return Signature.of(sha.digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-512", e);
    }
  }
}
