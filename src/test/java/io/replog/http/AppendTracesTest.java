package io.replog.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.replog.core.AppendOutcome.Copy;
import io.replog.node.Node.EntryTrace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Spans as a collector gets them. */
@Timeout(60)
class AppendTracesTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";

  @TempDir Path directory;
  private final List<String> received = new CopyOnWriteArrayList<>();
  private HttpServer collector;
  private Api api;

  @BeforeEach
  void start() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          received.add(new String(exchange.getRequestBody().readAllBytes(), ISO_8859_1));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    api =
        Api.tracing(
            directory, URI.create("http://127.0.0.1:" + collector.getAddress().getPort() + "/"));
  }

  @AfterEach
  void stop() {
    api.close();
    collector.stop(0);
  }

  private static String bytes(String hex) {
    return new String(HexFormat.of().parseHex(hex), ISO_8859_1);
  }

  private void append(String traceparent) {
    assertThat(api.post("/messages", "{\"message\":\"x\"}", "traceparent", traceparent).status())
        .isEqualTo(201);
  }

  @Test
  void anAppendOfASampledTraceHasASpanAndOneACopy() {
    long now = System.currentTimeMillis();
    api.node.trace =
        new EntryTrace(
            List.of(new Copy("master-0", true, true, 1), new Copy("secondary-0", true, true, 2)),
            List.of(
                new EntryTrace.Event(now, 0, "master-0", "appended"),
                new EntryTrace.Event(now, 0.4, "secondary-0", "sent"),
                new EntryTrace.Event(now + 2, 2.25, "secondary-0", "durable")));
    append("00-" + TRACE + "-" + PARENT + "-01");

    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(String.join("", received)).contains("secondary-0"));
    String all = String.join("", received);
    assertThat(all)
        .contains(bytes(TRACE), bytes(PARENT), "append", "copy", "replog.sequence", "durable")
        .contains("service.instance.id", "master-0");
  }

  @Test
  void whatIsNotSampledIsNotTraced() {
    append("00-" + TRACE + "-" + PARENT + "-00");
    append("nonsense");
    assertThat(api.post("/messages", "{\"message\":\"x\"}").status()).isEqualTo(201);
    api.stopServer(); // which sends whatever is left
    assertThat(received).isEmpty();
  }
}
