package io.replog.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster that believes nobody: tokens, a secret, TLS; two masters and two secondaries. */
class TrustIT {
  private static final String READER = "reader-token-0123456789";
  private static final String WRITER = "writer-token-0123456789";
  private static final String LATER = "later-token-0123456789";
  private static final Duration SOON = Duration.ofSeconds(20);

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  private Path tokens;
  private Path secret;
  private TestCertificates certificates;
  private final List<ReplogProcess> nodes = new ArrayList<>();
  private URI master;
  private URI standby;

  @BeforeEach
  void files() throws IOException {
    Path files = Files.createDirectories(processes.newDirectory("trust"));
    tokens = files.resolve("tokens");
    secret = files.resolve("secret");
    Files.writeString(tokens, "reader read " + READER + "\nwriter append " + WRITER + "\n");
    Files.writeString(secret, "the secret of this cluster\n");
    certificates = new TestCertificates(files.resolve("tls"));
    certificates.issue();
  }

  private Map<String, String> environment(Path secretFile) {
    return Map.of(
        "REPLOG_AUTH_TOKENS_FILE", tokens.toString(),
        "REPLOG_CLUSTER_SECRET_FILE", secretFile.toString(),
        "REPLOG_TLS_CERTIFICATE_FILE", certificates.certificate().toString(),
        "REPLOG_TLS_KEY_FILE", certificates.key().toString(),
        "REPLOG_TLS_CA_FILE", certificates.roots().toString());
  }

  private ReplogProcess node(String id, int port, Path secretFile, String... further) {
    List<String> arguments = new ArrayList<>(List.of(id.replaceAll("-.*", "")));
    arguments.addAll(List.of("--id", id, "--port", "" + port));
    arguments.addAll(List.of("--data", processes.newDirectory(id).toString()));
    arguments.addAll(List.of(further));
    Map<String, String> all = new HashMap<>(environment(secretFile));
    ReplogProcess process = processes.add(id, ReplogProcess.SMALL, arguments, all);
    process.start();
    nodes.add(process);
    return process;
  }

  private static URI https(int port) {
    return URI.create("https://127.0.0.1:" + port);
  }

  @Test
  void onlyWhoIsKnownGetsInAndTheFilesMayChange() throws Exception {
    int masterPort = Ports.free();
    int standbyPort = Ports.free();
    int one = Ports.free();
    int two = Ports.free();
    master = https(masterPort);
    standby = https(standbyPort);
    String both = https(one) + "," + https(two);
    node("secondary-0", one, secret);
    node("secondary-1", two, secret);
    node("master-0", masterPort, secret, "--secondaries", both);
    node("master-1", standbyPort, secret, "--secondaries", both);

    // replication runs, encrypted and known
    Wait.until(
        "an append has all copies",
        Duration.ofSeconds(60),
        () -> append(master, WRITER, "first").statusCode() == 201);
    assertThat(get(https(one), READER, "/messages").body()).contains("first");

    // rights go with the client through a standby
    Wait.until(
        "the standby passes on",
        SOON,
        () -> append(standby, WRITER, "by the standby").statusCode() == 201);
    assertThat(append(standby, READER, "no").statusCode()).isEqualTo(403);
    assertThat(append(standby, null, "no").statusCode()).isEqualTo(401);
    assertThat(get(master, READER, "/faults").statusCode()).isIn(200, 404);
    assertThat(delete(master, WRITER, "/secondaries/secondary-0").statusCode()).isEqualTo(403);

    // the commands have a token and roots too
    var shown = command(Map.of("REPLOG_TOKEN", READER), "read", "--url", master.toString());
    assertThat(shown.exitCode()).as("%s", shown).isZero();
    assertThat(shown.out()).contains("first");
    var refused = command(Map.of(), "read", "--url", master.toString());
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).contains("401 unauthenticated");
    bench();

    // a node with another secret is none
    Path wrong = secret.resolveSibling("wrong");
    Files.writeString(wrong, "the secret of another cluster\n");
    int stranger = Ports.free();
    ReplogProcess outsider = node("master-2", stranger, wrong, "--secondaries", both, "--join");
    Wait.until(
        "the stranger hears why not",
        SOON,
        () -> get(https(stranger), READER, "/cluster").body().contains("STANDBY"));
    Wait.until("it is refused", SOON, () -> outsider.output().contains("refused: 401"));
    assertThat(get(https(stranger), READER, "/messages").body()).doesNotContain("first");
    assertThat(get(master, READER, "/cluster").body()).contains("\"epoch\":1,");
    outsider.kill();

    // tokens change while the nodes run
    Files.writeString(tokens, "reader read " + READER + "\nlater append " + LATER + "\n");
    Wait.until(
        "the new token is known", SOON, () -> append(master, LATER, "later").statusCode() == 201);
    assertThat(append(master, WRITER, "gone").statusCode()).isEqualTo(401);
    Files.writeString(tokens, "half a li");
    Wait.until(
        "every node has found that it makes no sense",
        SOON,
        () ->
            nodes.stream()
                .filter(node -> node != outsider)
                .allMatch(node -> node.output().contains("what it said before stays in force")));
    assertThat(append(master, LATER, "still").statusCode()).isEqualTo(201);

    // and certificates
    String next = certificates.issue();
    Wait.until(
        "the new certificate is shown",
        SOON,
        () ->
            get(master, READER, "/health")
                .sslSession()
                .orElseThrow()
                .getPeerPrincipal()
                .getName()
                .equals("CN=" + next));
    assertThat(append(master, LATER, "after").statusCode()).isEqualTo(201);
    assertThat(nodes.stream().filter(n -> n != outsider)).allMatch(ReplogProcess::isAlive);
    for (ReplogProcess process : nodes) {
      assertThat(process.wholeOutput()).doesNotContain(WRITER, READER, LATER, "the secret of");
    }
  }

  /** A benchmark has connections of its own. */
  private void bench() throws Exception {
    String[] load =
        "bench --clients 2 --duration 0.5 --warm-up 0 --output json --url %s"
            .formatted(master)
            .split(" ");
    var done = command(Map.of("REPLOG_TOKEN", WRITER), load);
    assertThat(done.exitCode()).as("%s", done).isZero();
    assertThat(Json.parse(done.out()).number("appends")).isPositive();
    var reader = command(Map.of("REPLOG_TOKEN", READER), load);
    assertThat(reader.exitCode()).as("%s", reader).isEqualTo(1);
    assertThat(reader.out()).contains("HTTP 403");
  }

  @Test
  void aNodeThatAnybodyReachesSaysSoOnce() throws Exception {
    int port = Ports.free();
    ReplogProcess open =
        processes.add(
            "open",
            ReplogProcess.SMALL,
            List.of(
                "master",
                "--host",
                "0.0.0.0",
                "--advertise",
                "http://127.0.0.1:" + port,
                "--port",
                "" + port,
                "--data",
                processes.newDirectory("open").toString()),
            Map.of());
    open.start();
    Wait.until("it says so", SOON, () -> open.output().contains("NO AUTHENTICATION"));
    assertThat(open.output().split("NO AUTHENTICATION", -1)).hasSize(2);

    var bare =
        processes.run(
            Map.of("REPLOG_AUTH_TOKENS_FILE", tokens.toString()),
            "",
            "master",
            "--port",
            "" + port);
    assertThat(bare.exitCode()).isEqualTo(2);
    assertThat(bare.err()).contains("replog.cluster.secret-file");
  }

  private Processes.Finished command(Map<String, String> environment, String... arguments) {
    Map<String, String> all = new HashMap<>(environment);
    all.put("REPLOG_TLS_CA_FILE", certificates.roots().toString());
    return processes.run(all, "", arguments);
  }

  private HttpResponse<String> get(URI node, String token, String path) {
    return send(request(node, token, path).GET());
  }

  private HttpResponse<String> delete(URI node, String token, String path) {
    return send(request(node, token, path).DELETE());
  }

  private HttpResponse<String> append(URI node, String token, String message) {
    return send(
        request(node, token, "/messages")
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"message\":\"" + message + "\",\"timeoutMs\":5000}", UTF_8)));
  }

  private static HttpRequest.Builder request(URI node, String token, String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(node.resolve(path));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return request.timeout(Duration.ofSeconds(10));
  }

  /** A new connection each time, so that it meets the certificate of the day. */
  private HttpResponse<String> send(HttpRequest.Builder request) {
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(believing(certificates.roots()))
            .build()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static SSLContext believing(Path roots) {
    try (var in = Files.newInputStream(roots)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      X509Certificate root =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      store.setCertificateEntry("root", root);
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
