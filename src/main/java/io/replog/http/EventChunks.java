package io.replog.http;

import io.replog.node.Node.Subscription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stream of server-sent events with what they need around them: a comment at once, so that the
 * client gets the response's head, and one in every quiet interval.
 */
final class EventChunks implements ChunkSource {
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);
  private static final byte[] HELLO = ": ok\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

  private final ChunkSource events;
  private final ClientConnection connection;
  private @Nullable Subscription timer;
  private boolean greeted;
  private volatile boolean quiet;

  EventChunks(ChunkSource events, ClientConnection connection) {
    this.events = events;
    this.connection = connection;
  }

  @Override
  public void opened(Runnable wake) {
    timer =
        connection.every(
            HEARTBEAT,
            () -> {
              quiet = true;
              wake.run();
            });
    events.opened(wake);
  }

  @Override
  public byte @Nullable [] next() throws IOException {
    if (!greeted) {
      greeted = true;
      return HELLO;
    }
    boolean due = quiet;
    byte[] chunk = events.next();
    if (chunk != null && chunk.length == 0 && due) {
      chunk = COMMENT;
    }
    quiet = false;
    return chunk;
  }

  @Override
  public void closed() {
    if (timer != null) {
      timer.close();
    }
    events.closed();
  }
}
