package io.replog.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

@Timeout(60)
class EchoTest {
  private static final String STAMP = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z ";

  private final StringWriter log = new StringWriter();
  private EchoServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        new EchoServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), new PrintWriter(log, true));
    Thread.ofVirtual().start(server::run);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private String client(String input, String... text) {
    StringWriter out = new StringWriter();
    List<String> arguments = new ArrayList<>(List.of("127.0.0.1", "" + server.port()));
    arguments.addAll(List.of(text));
    int code =
        new CommandLine(new EchoClientCommand(new ByteArrayInputStream(input.getBytes(UTF_8))))
            .setOut(new PrintWriter(out, true))
            .execute(arguments.toArray(String[]::new));
    assertThat(code).isZero();
    return out.toString();
  }

  @Test
  void oneLineComesBackWithTheTime() {
    assertThat(client("", "žluť")).matches(STAMP + "žluť\\R");
  }

  @Test
  void everyLineOfTheInputComesBackInOrder() {
    assertThat(client("a\n\nb").lines())
        .satisfiesExactly(
            first -> assertThat(first).matches(STAMP + "a"),
            second -> assertThat(second).matches(STAMP),
            third -> assertThat(third).matches(STAMP + "b"));
  }

  @Test
  void aSilentClientHindersNobody() throws IOException {
    List<Socket> silent = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      silent.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
    }
    assertThat(client("", "x")).endsWith("x" + System.lineSeparator());
    for (Socket socket : silent) {
      socket.close();
    }
  }

  @Test
  void aLineWithoutEndIsNotKept() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      byte[] block = new byte[EchoServer.MAX_LINE + 1];
      java.util.Arrays.fill(block, (byte) 'x');
      socket.getOutputStream().write(block);
      InputStream answer = socket.getInputStream();
      assertThat(new String(answer.readAllBytes(), UTF_8)).contains("longer than 65536 bytes");
    }
  }
}
