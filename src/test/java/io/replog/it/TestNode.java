package io.replog.it;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** A node of a test: its process, its URL, its data. */
record TestNode(String id, int port, Path data, ReplogProcess process, NodeApi api) {
  static final Duration TO_START = Duration.ofSeconds(40);

  static URI url(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  URI url() {
    return url(port);
  }

  void start() {
    process.start();
  }

  /** Waits until it says that it is ready; its process must live. */
  void awaitReady() {
    Wait.until(
        id + " is ready", TO_START, process, () -> api.ask("/health/readiness").status() == 200);
  }

  /** Waits until it answers at all; its process must live. */
  void awaitLive() {
    Wait.until(
        id + " is live", TO_START, process, () -> api.ask("/health/liveness").status() == 200);
  }
}
