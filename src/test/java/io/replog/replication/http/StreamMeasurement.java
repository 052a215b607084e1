package io.replog.replication.http;

import com.sun.management.OperatingSystemMXBean;
import io.replog.core.Hash;
import io.replog.replication.PeerLink;
import io.replog.replication.PeerLinkHandler;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Acknowledge;
import io.replog.replication.PeerMessage.Reign;
import io.replog.replication.PeerMessage.Replicate;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;

/**
 * Latency and cost of one stream over loopback, both ends in this process. No test: run its main. A
 * round is a number of messages of one frame each and the acknowledgement of the last; its sender
 * is a thread of its own, as a node's is.
 */
final class StreamMeasurement {
  private static final int FRAME_BYTES = 150;
  private static final Duration WARM_UP = Duration.ofSeconds(3);
  private static final Duration MEASURED = Duration.ofSeconds(3);
  private static final Hash HASH = Hash.of(new byte[Hash.BYTES]);
  private static final Reign REIGN = new Reign(new UUID(1, 2), 3, new UUID(4, 5));

  private StreamMeasurement() {}

  public static void main(String[] args) throws Exception {
    try (StreamServer server = new StreamServer();
        ExecutorService node = Executors.newSingleThreadExecutor();
        HttpPeerTransport transport =
            new HttpPeerTransport(
                PeersLoop.INSTANCE, Duration.ofSeconds(1), Duration.ofSeconds(3), 64 << 20)) {
      String onLoop = server.listen(link -> new Acknowledging(link, Runnable::run));
      measure("ping-pong, acknowledged on the event loop", transport, onLoop, 1, FRAME_BYTES);
      measure("64 messages, acknowledged on the event loop", transport, onLoop, 64, FRAME_BYTES);
      measure("1 MiB of frames in one message", transport, onLoop, 1, 1 << 20);
      String onNode = server.listen(link -> new Acknowledging(link, node));
      measure("ping-pong, acknowledged on another thread", transport, onNode, 1, FRAME_BYTES);
      measure("64 messages, acknowledged on another thread", transport, onNode, 64, FRAME_BYTES);
    }
    System.exit(0);
  }

  /** The secondary: acknowledges the messages whose previous sequence is 0. */
  private record Acknowledging(PeerLink link, java.util.concurrent.Executor on)
      implements PeerLinkHandler {
    @Override
    public void received(PeerMessage message) {
      if (((Replicate) message).previousSequence() == 0) {
        on.execute(() -> link.send(new Acknowledge(1, REIGN.store(), 2, 3, 4, HASH, 5, 6, 7, 8)));
      }
    }

    @Override
    public void closed(String why) {}
  }

  private static void measure(
      String name, HttpPeerTransport transport, String url, int messages, int bytes)
      throws Exception {
    SynchronousQueue<PeerMessage> acknowledged = new SynchronousQueue<>();
    CompletableFuture<PeerLink> opened = new CompletableFuture<>();
    transport.open(
        url,
        opened::complete,
        new PeerLinkHandler() {
          @Override
          public void received(PeerMessage message) {
            try {
              acknowledged.put(message);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }

          @Override
          public void closed(String why) {
            opened.completeExceptionally(new IllegalStateException(why));
          }
        });
    PeerLink link = opened.get();
    ByteBuffer frames = ByteBuffer.allocate(bytes).asReadOnlyBuffer();
    long[] nanos = new long[1_000_000];
    rounds(link, acknowledged, messages, frames, nanos, WARM_UP);
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long cpu = system.getProcessCpuTime();
    int rounds = rounds(link, acknowledged, messages, frames, nanos, MEASURED);
    cpu = system.getProcessCpuTime() - cpu;
    link.close();
    long[] sorted = Arrays.copyOf(nanos, Math.min(rounds, nanos.length));
    Arrays.sort(sorted);
    System.out.printf(
        "%-45s p50 %6.1f us, p99 %7.1f us, %8.2f us CPU/message (both ends), %d rounds%n",
        name,
        sorted[sorted.length / 2] / 1e3,
        sorted[sorted.length * 99 / 100] / 1e3,
        cpu / 1e3 / rounds / messages,
        rounds);
  }

  private static int rounds(
      PeerLink link,
      SynchronousQueue<PeerMessage> acknowledged,
      int messages,
      ByteBuffer frames,
      long[] nanos,
      Duration duration)
      throws InterruptedException {
    int rounds = 0;
    long end = System.nanoTime() + duration.toNanos();
    for (long now = System.nanoTime(); now < end; ) {
      for (int i = messages - 1; i >= 0; i--) {
        link.send(new Replicate(REIGN, i, HASH, 7, true, frames));
      }
      acknowledged.take();
      long then = System.nanoTime();
      nanos[rounds++ % nanos.length] = then - now;
      now = then;
    }
    return rounds;
  }
}
