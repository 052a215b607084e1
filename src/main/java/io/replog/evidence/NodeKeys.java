package io.replog.evidence;

import java.security.KeyPair;
import java.security.SecureRandom;

/** The two keys of a node: the private one for the node alone, the public one for everybody. */
public final class NodeKeys {
  private final String node;
  private final KeyPair pair;

  private NodeKeys(String node, KeyPair pair) {
    this.node = node;
    this.pair = pair;
  }

  /**
   * Makes new ones.
   *
   * @throws IllegalArgumentException if no node can have this id
   */
  public static NodeKeys generate(String node, SecureRandom random) {
    NodeName.require(node);
    return new NodeKeys(node, Ed25519.generate(random));
  }

  public String node() {
    return node;
  }

  /** What signs in the node's name. */
  public NodeSigner signer() {
    return new NodeSigner(node, pair.getPrivate());
  }

  /** PKCS #8 as PEM, for {@code NODE.key}. */
  public String privatePem() {
    return Ed25519.pem(Ed25519.PRIVATE, pair.getPrivate().getEncoded());
  }

  /** X.509 as PEM, for {@code NODE.pub}. */
  public String publicPem() {
    return Ed25519.pem(Ed25519.PUBLIC, pair.getPublic().getEncoded());
  }
}
