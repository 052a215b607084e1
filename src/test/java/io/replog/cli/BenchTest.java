package io.replog.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.replog.client.Credentials;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

@Timeout(60)
class BenchTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Set<String> bodies = ConcurrentHashMap.newKeySet();
  private final AtomicInteger appends = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile int status = 201;
  private volatile long stallAt = -1;
  private volatile long stallMs;
  private volatile String mode = "READ_WRITE";
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/cluster", exchange -> answer(exchange, 200, cluster()));
    server.createContext(
        "/messages",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          stall(appends.incrementAndGet());
          answer(exchange, status, "{\"sequence\":1}");
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.close();
  }

  private String cluster() {
    return "{\"node\":\"m\",\"role\":\"MASTER\",\"mode\":\"%s\"}".formatted(mode);
  }

  private void stall(int number) {
    if (number == stallAt) {
      try {
        Thread.sleep(stallMs);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private int bench(String options) {
    CommandLine line = new CommandLine(new CommandsTest.Top());
    line.addSubcommand(new BenchCommand());
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> Failure.report(failure, command.getErr()));
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(
            ("bench --warm-up 0 --url http://127.0.0.1:" + server.getAddress().getPort() + options)
                .split(" "));
  }

  private double number(String name) {
    var found = Pattern.compile("\"" + name + "\":([\\d.]+)").matcher(out.toString());
    assertThat(found.find()).as("%s", out).isTrue();
    return Double.parseDouble(found.group(1));
  }

  private static String request(int size, int batch, long number) {
    BenchLoad load =
        new BenchLoad(
            URI.create("http://h:1"),
            1,
            1,
            Duration.ZERO,
            Duration.ofSeconds(1),
            null,
            null,
            "2",
            false,
            500L,
            size,
            batch,
            Credentials.NONE);
    ByteBuf request = load.request(UnpooledByteBufAllocator.DEFAULT, number);
    try {
      return request.toString(UTF_8);
    } finally {
      request.release();
    }
  }

  @Test
  void aRequestIsWholeAndItsMessagesAreDifferent() {
    assertThat(request(3, 1, 7))
        .isEqualTo(
            """
            POST /messages HTTP/1.1\r
            Host: h:1\r
            Content-Type: application/json\r
            Content-Length: 49\r
            \r
            {"message":"007","w":2,"j":false,"timeoutMs":500}\
            """);
    assertThat(request(21, 2, 7))
        .endsWith(
            "{\"messages\":[\"0000000000000000014xx\",\"0000000000000000015xx\"],\"w\":2,"
                + "\"j\":false,\"timeoutMs\":500}");
    assertThat(request(0, 1, 7)).contains("{\"message\":\"\",");
  }

  @Test
  void aClosedLoopEndsAtItsCountAndTellsThroughputAndLatency() {
    assertThat(bench(" --count 200 --clients 4 -w majority --output json")).isZero();
    assertThat(number("appends")).isEqualTo(200);
    assertThat(appends).hasValue(200);
    assertThat(number("p50")).isPositive().isLessThanOrEqualTo(number("max"));
    assertThat(number("appendsPerSecond")).isPositive();
    assertThat(bodies).hasSize(200);
    assertThat(bodies).allSatisfy(body -> assertThat(body).contains("\"w\":\"majority\""));
  }

  @Test
  void severalAreInFlightOnAConnection() {
    stallAt = 1;
    stallMs = 300;
    assertThat(bench(" --count 100 --clients 1 --pipeline 8 --output json")).isZero();
    assertThat(number("pipeline")).isEqualTo(8);
    assertThat(number("appends")).isEqualTo(100);
    // those behind the stalled one were sent before it was answered, and waited with it
    assertThat(number("p95")).isGreaterThan(200);
  }

  @Test
  void anOpenLoopDoesNotSpareANodeThatStalls() {
    stallAt = 100;
    stallMs = 500;
    assertThat(bench(" --rate 400 --clients 1 --duration 2 --output json")).isZero();
    // a fifth of the appends was due while the only client waited for the stalled one
    assertThat(number("p90")).isGreaterThan(100);
    assertThat(number("max")).isGreaterThanOrEqualTo(500);
    assertThat(number("appendsPerSecond")).isLessThanOrEqualTo(420);
  }

  @Test
  void whatIsNotInTimeIsThreeAndWhatIsRefusedIsOne() {
    status = 202;
    assertThat(bench(" --duration 0.3 --clients 2")).isEqualTo(3);
    assertThat(out.toString()).contains("not in time").contains("appends/s").contains("p99.9");
    status = 503;
    assertThat(bench(" --duration 0.3 --clients 2")).isEqualTo(1);
    assertThat(out.toString()).contains("HTTP 503");
  }

  @Test
  void aNodeThatTakesNoAppendsIsNamedBeforeAnyLoad() {
    mode = "READ_ONLY";
    assertThat(bench(" --duration 0.3")).isEqualTo(1);
    assertThat(err.toString()).contains("takes no appends now");
    assertThat(appends).hasValue(0);
  }
}
