package io.replog.http;

import io.micronaut.json.JsonMapper;
import io.replog.node.Node;
import io.replog.node.Node.Subscription;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's document as events: one at once, then one after each change. What changes while a
 * client is slow comes as one.
 */
final class ClusterEvents implements ChunkSource {
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

  private final Node node;
  private final JsonMapper mapper;
  private final AtomicBoolean changed = new AtomicBoolean(true);
  private @Nullable Subscription changes;

  ClusterEvents(Node node, JsonMapper mapper) {
    this.node = node;
    this.mapper = mapper;
  }

  @Override
  public void opened(ChunkStream stream) {
    changes =
        node.onClusterChange(
            () -> {
              changed.set(true);
              stream.wake();
            });
  }

  @Override
  public byte[] next() throws IOException {
    if (!changed.getAndSet(false)) {
      return NOTHING_YET;
    }
    ByteArrayOutputStream event = new ByteArrayOutputStream(1024);
    event.writeBytes(DATA);
    event.writeBytes(mapper.writeValueAsBytes(ClusterDocument.of(node.cluster(), node.evidence())));
    event.writeBytes(END);
    return event.toByteArray();
  }

  @Override
  public void closed() {
    if (changes != null) {
      changes.close();
    }
  }
}
