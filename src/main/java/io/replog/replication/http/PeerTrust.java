package io.replog.replication.http;

import io.netty.handler.ssl.SslHandler;
import io.replog.trust.ClusterSecret;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * By what a node that opens a stream is known, and knows the other.
 *
 * @param secret null: everybody is believed
 * @param tls whose certificates are believed
 */
public record PeerTrust(@Nullable ClusterSecret secret, SSLContext tls) {
  private static final Duration HANDSHAKE = Duration.ofSeconds(3);

  /** Everybody is believed; of certificates those that the JDK believes. */
  public static final PeerTrust NONE = new PeerTrust(null, ofTheJdk());

  /** A context that believes what the JDK believes. */
  public static SSLContext ofTheJdk() {
    try {
      return SSLContext.getDefault();
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has a default", e);
    }
  }

  /** The Authorization header of a request, null if there is none. */
  @Nullable String sign(String method, String path) {
    return secret == null ? null : secret.sign(method, path);
  }

  /** Whether whoever answered a signed request has the secret. */
  boolean proves(@Nullable String proof, String signed) {
    return secret == null || secret.proves(proof, signed);
  }

  /** What encrypts a connection to this node. */
  SslHandler encrypted(String host, int port) {
    SSLEngine engine = tls.createSSLEngine(host, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    SslHandler handler = new SslHandler(engine);
    handler.setHandshakeTimeoutMillis(HANDSHAKE.toMillis());
    return handler;
  }
}
