package io.replog.replication.http;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.replication.PeerTransport;
import io.replog.replication.PeerTransportContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = SECONDS)
class HttpPeerTransportTest extends PeerTransportContract {
  private final HttpPeerTransport transport =
      new HttpPeerTransport(
          PeersLoop.INSTANCE,
          Duration.ofSeconds(5),
          Duration.ofSeconds(20),
          StreamServer.QUEUE_LIMIT);
  private final StreamServer server = new StreamServer();

  @AfterEach
  void stop() {
    transport.close();
    server.close();
  }

  @Override
  protected PeerTransport transport() {
    return transport;
  }

  @Override
  protected String listen(Function<PeerLink, @Nullable PeerLinkHandler> accept) {
    return server.listen(accept);
  }

  @Override
  protected String nobody() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "http://127.0.0.1:" + socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected void await(BooleanSupplier condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(5))
        .until(condition::getAsBoolean);
  }

  @Override
  protected void inParallel(List<Runnable> tasks) {
    List<Thread> threads = tasks.stream().map(Thread.ofPlatform()::start).toList();
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  protected void pause() {
    LockSupport.parkNanos(20_000);
  }

  @Override
  protected void stall() {
    server.stall();
  }

  @Override
  protected void resume() {
    server.resume();
  }
}
