package io.replog.evidence;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.function.Function;

/**
 * Signs in the name of one node. That it says nothing an honest node would not is up to who asks.
 * Signatures are a function of key and statement: a repeated run makes the same. Any thread.
 */
public final class NodeSigner {
  private final String node;
  private final Function<byte[], Signature> signing;

  NodeSigner(String node, PrivateKey key) {
    this(node, bytes -> Ed25519.sign(key, bytes));
  }

  NodeSigner(String node, Function<byte[], Signature> signing) {
    NodeName.require(node);
    this.node = node;
    this.signing = signing;
  }

  /**
   * Reads the private key of a node: PKCS #8 as PEM, as {@code replog keygen} writes it.
   *
   * @param node whose key it is
   * @throws BadKeyException if it cannot be used; it names the file
   */
  public static NodeSigner read(Path file, String node) {
    return new NodeSigner(node, KeyFile.read(file, Ed25519::privateKey));
  }

  /** In whose name it signs. */
  public String node() {
    return node;
  }

  /**
   * Signs a statement of this node.
   *
   * @throws IllegalArgumentException if it is another node's
   */
  public <S extends Statement> Signed<S> sign(S statement) {
    if (!statement.node().equals(node)) {
      throw new IllegalArgumentException(node + " does not sign for " + statement.node());
    }
    return new Signed<>(statement, signing.apply(statement.bytes()));
  }

  /** A signature that says nothing, by which a ring sees whether it has this key. */
  Signature probe() {
    return signing.apply(probed(node));
  }

  static byte[] probed(String node) {
    return Layout.of("replog/probe/1", out -> Layout.write(out, node));
  }
}
