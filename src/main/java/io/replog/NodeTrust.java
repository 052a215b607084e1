package io.replog;

import io.replog.config.NodeSettings;
import io.replog.config.Settings;
import io.replog.evidence.BadKeyException;
import io.replog.evidence.KeyRing;
import io.replog.evidence.NodeSigner;
import io.replog.http.Access;
import io.replog.node.EvidenceKeys;
import io.replog.replication.http.PeerTrust;
import io.replog.trust.BadTrustFileException;
import io.replog.trust.ClusterSecret;
import io.replog.trust.Roots;
import io.replog.trust.Tokens;
import io.replog.trust.WatchedFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who a node lets in and whom it believes, put together from its settings. */
final class NodeTrust {
  private static final Logger LOG = LoggerFactory.getLogger(NodeTrust.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final String CERTIFICATE = "node";
  private static final String ROOTS = "roots";

  private final NodeSettings.Trust settings;
  private final @Nullable WatchedFile<Tokens> tokens;
  private final @Nullable ClusterSecret secret;
  private final SSLContext tls;
  private final List<WatchedFile<?>> watched = new ArrayList<>();

  /**
   * Reads the files.
   *
   * @throws BadTrustFileException at the first that cannot be used
   */
  NodeTrust(NodeSettings.Trust settings) {
    this.settings = settings;
    this.tokens = tokens(settings.tokens());
    this.secret = secret(settings.secret());
    this.tls = tls(settings.tls());
  }

  private @Nullable WatchedFile<Tokens> tokens(@Nullable Path file) {
    if (file == null) {
      return null;
    }
    var read = new WatchedFile<>(file, Tokens.LONGEST_FILE, Tokens::parse);
    watched.add(read);
    return read;
  }

  private @Nullable ClusterSecret secret(@Nullable Path file) {
    if (file == null) {
      return null;
    }
    var read = new WatchedFile<>(file, ClusterSecret.LONGEST_FILE, ClusterSecret.Keys::parse);
    watched.add(read);
    return new ClusterSecret(read, System::currentTimeMillis);
  }

  private SSLContext tls(NodeSettings.@Nullable Tls files) {
    if (files == null || files.roots() == null) {
      return PeerTrust.ofTheJdk();
    }
    var roots =
        new WatchedFile<X509ExtendedTrustManager>(files.roots(), Roots.LONGEST_FILE, Roots::parse);
    watched.add(roots);
    return new Roots(roots, files.peerNames()).context();
  }

  /** By which nodes know each other, null where they ask nobody. */
  @Nullable ClusterSecret secret() {
    return secret;
  }

  /**
   * The keys of those that sign what they say.
   *
   * @param node this node's id
   * @throws BadKeyException if they cannot be used
   */
  EvidenceKeys keys(String node) {
    Path ring = settings.ring();
    Path key = settings.evidenceKey();
    KeyRing all = ring == null ? null : KeyRing.read(ring);
    NodeSigner own = key == null ? null : NodeSigner.read(key, node);
    try {
      return new EvidenceKeys(all, own);
    } catch (BadKeyException e) {
      throw new BadKeyException(key + ": " + e.getMessage(), e);
    }
  }

  /** For connections to other nodes. */
  SSLContext tls() {
    return tls;
  }

  PeerTrust peers() {
    return new PeerTrust(secret, tls);
  }

  /** What the parts of the server are given. */
  List<Object> singletons() {
    List<Object> all = new ArrayList<>();
    all.add(peers());
    if (secret != null) {
      all.add(secret);
      all.add(new Access(tokens, secret, settings.openMetrics()));
    }
    return all;
  }

  /** What the framework has to be told. */
  Map<String, Object> properties(int port) {
    Map<String, Object> properties = new LinkedHashMap<>();
    if (secret != null) {
      properties.put("micronaut.security.enabled", true);
      // who belongs to the cluster is told to those who may see it, not to every probe
      properties.put("endpoints.health.details-visible", "AUTHENTICATED");
    }
    NodeSettings.Tls files = settings.tls();
    if (files != null) {
      certificate(properties, CERTIFICATE, files.key(), files.certificate());
      properties.put("micronaut.server.ssl.enabled", true);
      properties.put("micronaut.server.ssl.port", port);
      properties.put("micronaut.server.ssl.key-name", CERTIFICATE);
      if (files.roots() != null) {
        certificate(properties, ROOTS, files.roots(), null);
        properties.put("micronaut.http.client.ssl.trust-name", ROOTS);
      }
    }
    return properties;
  }

  /** The framework reads them again when they have changed. */
  private static void certificate(
      Map<String, Object> properties, String name, Path path, @Nullable Path certificate) {
    String prefix = "micronaut.certificate.file." + name + ".";
    properties.put(prefix + "path", path.toAbsolutePath().toString());
    if (certificate != null) {
      properties.put(prefix + "certificate-path", certificate.toAbsolutePath().toString());
    }
    properties.put(prefix + "format", "PEM");
    // a Secret of Kubernetes is changed by swapping a link, which a file watcher does not see
    properties.put(prefix + "refresh-mode", "SCHEDULER");
    properties.put(prefix + "refresh-interval", LOOK_EVERY.toSeconds() + "s");
  }

  /** Looks at the files from now on, until the process ends. */
  void watch() {
    if (!watched.isEmpty()) {
      Thread.ofVirtual().name("trust-files").start(this::look);
    }
  }

  private void look() {
    try {
      while (true) {
        Thread.sleep(LOOK_EVERY);
        watched.forEach(WatchedFile::look);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says once what an open door is. */
  void warn(String host) {
    if (settings.tokens() == null && !Settings.isLoopback(host)) {
      LOG.warn(
          "NO AUTHENTICATION: whoever reaches {} may read, append{}. Set replog.auth.tokens-file"
              + " and replog.cluster.secret-file, or bind to 127.0.0.1 (docs/security.md)",
          host,
          secret == null ? ", change the cluster and speak as a node" : " and change the cluster");
    } else if (settings.tls() == null && !Settings.isLoopback(host)) {
      LOG.warn(
          "NO ENCRYPTION: tokens and messages cross the network of {} as they are. Set"
              + " replog.tls.certificate-file and replog.tls.key-file (docs/security.md)",
          host);
    }
  }
}
