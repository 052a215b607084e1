package io.replog.config;

import static io.replog.config.Form.directory;
import static io.replog.config.Form.duration;
import static io.replog.config.Form.file;
import static io.replog.config.Form.number;
import static io.replog.config.Form.secret;
import static io.replog.config.Form.truth;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who is let in, and what he may cost: the end of the table of {@link Property}. */
public final class AccessProperty {
  // Trust
  public static final Property<Path> TOKENS_FILE =
      of(
          "auth.tokens-file",
          null,
          file(),
          null,
          "The tokens of clients, a line each: `NAME ROLE TOKEN`. Without it clients are not asked"
              + " who they are. Needs `cluster.secret-file`.");
  public static final Property<Boolean> OPEN_METRICS =
      of(
          "auth.open-metrics",
          null,
          truth(),
          "false",
          "Whether `/prometheus` answers without a token, where others need one.");
  public static final Property<Path> SECRET_FILE =
      of(
          "cluster.secret-file",
          null,
          file(),
          null,
          "The secret by which the nodes of a cluster know each other, the same for all. Without it"
              + " whoever reaches a node can speak as one.");
  public static final Property<Path> CERTIFICATE_FILE =
      of(
          "tls.certificate-file",
          null,
          file(),
          null,
          "This node's certificate and those between it and the root, as PEM. With it the node"
              + " speaks TLS only.");
  public static final Property<Path> KEY_FILE =
      of(
          "tls.key-file",
          null,
          file(),
          null,
          "The private key of the certificate, as PEM without a password.");
  public static final Property<Path> CA_FILE =
      of(
          "tls.ca-file",
          "--ca-file",
          file(),
          null,
          "The roots, as PEM, that nodes and client commands believe. Default: those of the JDK.");
  public static final Property<Boolean> PEER_NAMES =
      of(
          "tls.peer-names",
          null,
          truth(),
          "true",
          "Whether a node asks that another's certificate is for the name or address it was called"
              + " by. false: any certificate of the roots is good, which is only for roots of one's"
              + " own. The chart sets it, since pods are found by address.");

  // Evidence
  public static final Property<Path> EVIDENCE_RING =
      of(
          "evidence.ring",
          "--evidence-ring",
          directory(),
          null,
          "A directory with the public key of every node, `NODE.pub` each, the same for all nodes"
              + " and for the cluster's life. With the keys of four nodes or more, appends may ask"
              + " for `certified`, and a node that lies can be convicted.");
  public static final Property<Path> EVIDENCE_KEY =
      of(
          "evidence.key-file",
          "--evidence-key",
          file(),
          null,
          "This node's private key, as `replog keygen` writes it, for this node's eyes alone."
              + " Without it a node checks what others sign, and signs nothing.");

  public static final Property<String> TOKEN =
      of(
          "token",
          "--token",
          secret(),
          null,
          "The token that the client commands send. A command line is seen by every user of the"
              + " machine: better by the environment or a file.");
  public static final Property<Path> TOKEN_FILE =
      of(
          "token-file",
          "--token-file",
          file(),
          null,
          "A file that holds the token alone; `token` goes before it.");
  // Limits
  public static final Property<Integer> CONNECTIONS =
      of(
          "limits.connections",
          null,
          number(10, 1_000_000),
          "2000",
          "Connections that are open at once; one more is closed at once.");
  public static final Property<Integer> STREAMS =
      of(
          "limits.streams",
          null,
          number(1, 1_000_000),
          "1000",
          "Live streams of events that are open at once; one more is refused as overloaded.");
  public static final Property<Duration> IDLE =
      of(
          "limits.idle",
          null,
          duration(ofMillis(50), ofHours(1)),
          "75s",
          "How long a connection may take until the head of its next request is there. Above what"
              + " clients keep unused connections for.");
  public static final Property<Duration> REQUEST_TIME =
      of(
          "limits.request-time",
          null,
          duration(ofMillis(50), ofHours(1)),
          "60s",
          "How long the body of a request may take to arrive, then 408. The streams between nodes"
              + " have no end, and none.");
  public static final Property<Duration> SLOW_READER =
      of(
          "limits.slow-reader",
          null,
          duration(ofMillis(50), ofHours(1)),
          "30s",
          "A client that takes nothing of its answer for this long is cut off; a live stream is"
              + " resumed with `Last-Event-ID`.");

  /** All of them, in the order of the table. */
  static final List<Property<?>> ALL =
      List.of(
          TOKENS_FILE,
          OPEN_METRICS,
          SECRET_FILE,
          CERTIFICATE_FILE,
          KEY_FILE,
          CA_FILE,
          PEER_NAMES,
          EVIDENCE_RING,
          EVIDENCE_KEY,
          TOKEN,
          TOKEN_FILE,
          CONNECTIONS,
          STREAMS,
          IDLE,
          REQUEST_TIME,
          SLOW_READER);

  private AccessProperty() {}

  private static <T> Property<T> of(
      String name,
      @Nullable String option,
      Form<T> form,
      @Nullable String defaultText,
      String why) {
    return Property.unlisted(name, option, form, defaultText, why, List.of());
  }
}
