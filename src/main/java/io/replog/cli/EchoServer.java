package io.replog.cli;

import io.replog.client.LineReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Sends every line back with the time it came, to many clients at once, each on its own virtual
 * thread. A line above 64 KiB or a client above the 1000th is told so and let go.
 */
final class EchoServer implements AutoCloseable {
  static final int MAX_LINE = 1 << 16;
  private static final int MAX_CLIENTS = 1000;
  private static final int BACKLOG = 128;

  private final ServerSocket listening = new ServerSocket();
  private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
  private final Semaphore places = new Semaphore(MAX_CLIENTS);
  private final PrintWriter log;

  /**
   * Listens, and accepts nobody yet.
   *
   * @param address port 0 is any free one
   * @param log is told who comes and goes
   */
  EchoServer(InetSocketAddress address, PrintWriter log) throws IOException {
    this.log = log;
    try {
      listening.bind(address, BACKLOG);
    } catch (IOException e) {
      listening.close();
      throw e;
    }
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Serves until it is closed. */
  void run() {
    while (!listening.isClosed()) {
      try {
        accepted(listening.accept());
      } catch (IOException e) {
        if (!listening.isClosed()) {
          log.println(stamped("cannot accept: " + e.getMessage()));
        }
      }
    }
  }

  private void accepted(Socket client) {
    boolean welcome = places.tryAcquire();
    clients.add(client);
    Thread.ofVirtual()
        .name("echo " + client.getRemoteSocketAddress())
        .start(
            () -> {
              try (client) {
                if (welcome) {
                  serve(client);
                } else {
                  writer(client).append(stamped("too many clients, come back later\n")).flush();
                }
              } catch (IOException e) {
                log.println(stamped(client.getRemoteSocketAddress() + " lost: " + e.getMessage()));
              } finally {
                clients.remove(client);
                if (welcome) {
                  places.release();
                }
              }
            });
  }

  private void serve(Socket client) throws IOException {
    log.println(stamped(client.getRemoteSocketAddress() + " connected"));
    LineReader lines = new LineReader(client.getInputStream(), MAX_LINE);
    Writer out = writer(client);
    String line = "";
    while (line != null) {
      try {
        line = lines.next();
        if (line != null) {
          out.append(stamped(line)).append('\n').flush();
        }
      } catch (CharacterCodingException e) {
        out.append(stamped("that line is not UTF-8")).append('\n').flush();
      } catch (LineReader.TooLongException e) {
        out.append(stamped(e.getMessage() + ", good-bye")).append('\n').flush();
        break;
      }
    }
    log.println(stamped(client.getRemoteSocketAddress() + " gone"));
  }

  static String stamped(String text) {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + text;
  }

  private static Writer writer(Socket client) throws IOException {
    return new BufferedWriter(
        new OutputStreamWriter(client.getOutputStream(), StandardCharsets.UTF_8));
  }

  /** Lets everybody go. */
  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket client : clients) {
      client.close();
    }
  }
}
