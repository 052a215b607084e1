package io.replog.replication.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.replication.PeerHello;
import io.replog.replication.PeerLinkHandler;
import io.replog.replication.PeerMessage;
import io.replog.trust.ClusterSecret;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PeerTrustTest {
  private static final ClusterSecret SECRET =
      new ClusterSecret(
          () -> ClusterSecret.Keys.parse("a secret of a cluster"), System::currentTimeMillis);

  /** Somebody who has a secondary's address, speaks as one, and does not know the secret. */
  @Test
  void anAnswerWithoutTheProofIsNoPeer() throws Exception {
    try (ServerSocket impostor = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpPeerTransport transport =
            new HttpPeerTransport(
                PeersLoop.INSTANCE,
                new PeerTrust(SECRET, PeerTrust.ofTheJdk()),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                1 << 20)) {
      CompletableFuture<String> asked = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> answer(impostor, asked));
      CompletableFuture<String> end = new CompletableFuture<>();
      CompletableFuture<Boolean> opened = new CompletableFuture<>();
      transport.open(
          "http://127.0.0.1:" + impostor.getLocalPort(),
          link -> opened.complete(true),
          new PeerLinkHandler() {
            @Override
            public void received(PeerMessage message) {
              opened.complete(true);
            }

            @Override
            public void closed(String why) {
              end.complete(why);
            }
          });

      assertThat(end.get(10, TimeUnit.SECONDS)).contains("does not have the cluster's secret");
      assertThat(opened).isNotDone();
      String request = asked.get(1, TimeUnit.SECONDS);
      assertThat(request.toLowerCase(java.util.Locale.ROOT))
          .contains("authorization: replog-node ");
      assertThat(request).doesNotContain("a secret of a cluster");
    }
  }

  private static void answer(ServerSocket impostor, CompletableFuture<String> asked) {
    try (Socket socket = impostor.accept()) {
      byte[] request = new byte[4096];
      int length = socket.getInputStream().read(request);
      asked.complete(new String(request, 0, length, US_ASCII));
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.replog.stream;version=1\r\nReplog-Node-Proof: guessed\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n"
                  .getBytes(US_ASCII));
      socket.getOutputStream().write(PeerHello.bytes().array());
      socket.getOutputStream().write("\r\n".getBytes(US_ASCII));
      socket.getInputStream().readAllBytes();
    } catch (java.io.IOException e) {
      asked.completeExceptionally(e);
    }
  }
}
