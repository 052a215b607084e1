package io.replog.evidence;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.SignatureException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** The JDK's signatures and the PEM form of their keys. Any thread. */
final class Ed25519 {
  static final String PRIVATE = "PRIVATE KEY";
  static final String PUBLIC = "PUBLIC KEY";

  private static final String NAME = "Ed25519";
  private static final int LINE = 64;

  private Ed25519() {}

  static KeyPair generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(NAME);
      generator.initialize(NamedParameterSpec.ED25519, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + NAME, e);
    }
  }

  static Signature sign(PrivateKey key, byte[] bytes) {
    try {
      java.security.Signature signing = java.security.Signature.getInstance(NAME);
      signing.initSign(key);
      signing.update(bytes);
      return Signature.of(signing.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("an Ed25519 key that does not sign", e);
    }
  }

  static boolean verify(PublicKey key, byte[] bytes, Signature signature) {
    try {
      java.security.Signature verifying = java.security.Signature.getInstance(NAME);
      verifying.initVerify(key);
      verifying.update(bytes);
      return verifying.verify(signature.bytes());
    } catch (SignatureException notOne) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("an Ed25519 key that does not verify", e);
    }
  }

  /**
   * @throws BadKeyException if the text is not the PEM of such a key
   */
  static PrivateKey privateKey(String pem) {
    try {
      return factory().generatePrivate(new PKCS8EncodedKeySpec(decoded(PRIVATE, pem)));
    } catch (InvalidKeySpecException e) {
      throw new BadKeyException("is not the private key of an Ed25519 pair (PKCS #8, PEM)", e);
    }
  }

  /**
   * @throws BadKeyException if the text is not the PEM of such a key
   */
  static PublicKey publicKey(String pem) {
    try {
      return factory().generatePublic(new X509EncodedKeySpec(decoded(PUBLIC, pem)));
    } catch (InvalidKeySpecException e) {
      throw new BadKeyException("is not the public key of an Ed25519 pair (X.509, PEM)", e);
    }
  }

  static String pem(String label, byte[] encoded) {
    String base64 = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(encoded);
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(label, base64);
  }

  private static byte[] decoded(String label, String pem) {
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    String text = pem.strip();
    if (!text.startsWith(begin) || !text.endsWith(end) || text.length() < begin.length() * 2) {
      throw new BadKeyException("must be one block of PEM from '%s' to '%s'".formatted(begin, end));
    }
    String base64 = text.substring(begin.length(), text.length() - end.length());
    try {
      return Base64.getDecoder().decode(base64.replaceAll("\\s+", ""));
    } catch (IllegalArgumentException e) {
      throw new BadKeyException("is not Base64 between its first and last line", e);
    }
  }

  private static KeyFactory factory() {
    try {
      return KeyFactory.getInstance(NAME);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + NAME, e);
    }
  }
}
