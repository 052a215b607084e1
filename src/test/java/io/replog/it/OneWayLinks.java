package io.replog.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * Ports through which masters reach secondaries, each link of which can be cut in one direction:
 * its bytes wait then, as those of a TCP connection do whose packets are lost.
 */
final class OneWayLinks implements AutoCloseable {
  private static final long LOOK_AGAIN = 5_000_000;

  /** From a master to a secondary. */
  private record Way(String master, int secondary) {}

  private static final class Link {
    private final ServerSocket listens;
    private volatile boolean requestsCut;
    private volatile boolean answersCut;

    Link(ServerSocket listens) {
      this.listens = listens;
    }
  }

  private final Map<Way, Link> links = new ConcurrentHashMap<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile boolean closed;

  /** The port by which a master reaches the secondary that listens on another. */
  int port(String master, int secondary) {
    return links.computeIfAbsent(new Way(master, secondary), this::open).listens.getLocalPort();
  }

  /** What this master sends to the secondary does not arrive. */
  void cutRequests(String master, int secondary) {
    links.get(new Way(master, secondary)).requestsCut = true;
  }

  /** What the secondary answers to this master does not arrive. */
  void cutAnswers(String master, int secondary) {
    links.get(new Way(master, secondary)).answersCut = true;
  }

  void heal() {
    links
        .values()
        .forEach(
            link -> {
              link.requestsCut = false;
              link.answersCut = false;
            });
  }

  @Override
  public void close() throws IOException {
    closed = true;
    for (Link link : links.values()) {
      link.listens.close();
    }
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
    threads.close();
  }

  private Link open(Way way) {
    try {
      Link link = new Link(new ServerSocket(Ports.free(), 50, InetAddress.getLoopbackAddress()));
      threads.execute(() -> accept(link, way.secondary()));
      return link;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(Link link, int secondary) {
    while (!closed) {
      try {
        Socket from = link.listens.accept();
        sockets.add(from);
        connect(link, from, secondary);
      } catch (IOException e) {
        return; // closed by close(): nothing else closes it
      }
    }
  }

  private void connect(Link link, Socket from, int secondary) throws IOException {
    Socket to;
    try {
      to = new Socket(InetAddress.getLoopbackAddress(), secondary);
    } catch (IOException notThere) {
      from.close(); // as refused as it is there
      return;
    }
    sockets.add(to);
    threads.execute(() -> pass(from, to, link, true));
    threads.execute(() -> pass(to, from, link, false));
  }

  /** Until one end closes; then the other is closed too. */
  private void pass(Socket from, Socket to, Link link, boolean requests) {
    byte[] buffer = new byte[64 << 10];
    try (from;
        to) {
      from.setTcpNoDelay(true);
      to.setTcpNoDelay(true);
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        while ((requests ? link.requestsCut : link.answersCut) && !closed) {
          LockSupport.parkNanos(LOOK_AGAIN);
        }
        out.write(buffer, 0, count);
      }
    } catch (IOException over) {
      // the other direction has ended, and closed both
    }
  }
}
