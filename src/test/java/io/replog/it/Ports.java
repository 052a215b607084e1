package io.replog.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports on loopback, below those that the system gives to outgoing connections: a node that
 * was killed finds its port free again, and nobody connects to himself.
 */
final class Ports {
  private static final int FIRST = 12_000;
  private static final int END = 32_000;

  private static int next = ThreadLocalRandom.current().nextInt(FIRST, END);

  private Ports() {}

  static int free() {
    return free(1);
  }

  /** The first of several that follow each other. */
  static synchronized int free(int count) {
    for (int attempt = 0; attempt < 1000; attempt++) {
      if (next + count > END) {
        next = FIRST;
      }
      int first = next;
      next += count;
      if (areFree(first, count)) {
        return first;
      }
    }
    throw new AssertionError("no " + count + " free ports");
  }

  private static boolean areFree(int first, int count) {
    for (int port = first; port < first + count; port++) {
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      } catch (IOException taken) {
        return false;
      }
    }
    return true;
  }
}
