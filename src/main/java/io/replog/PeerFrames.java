package io.replog;

import io.replog.storage.FrameSupply;
import io.replog.trust.ClusterSecret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;

/** The frames of one other node, by {@code GET /frames}. For one thread. */
final class PeerFrames implements FrameSupply, AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(1);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private static final String PATH = "/frames";

  private final URI url;
  private final NodeTrust trust;
  private final HttpClient client;

  PeerFrames(URI url, NodeTrust trust) {
    this.url = url;
    this.trust = trust;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(trust.tls())
            .connectTimeout(CONNECT)
            .build();
  }

  @Override
  public ByteBuffer frames(long from, long upTo) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.resolve(PATH + "?from=" + from + "&upTo=" + upTo))
            .timeout(ANSWER);
    ClusterSecret secret = trust.secret();
    if (secret != null) {
      request.header("Authorization", secret.sign("GET", PATH));
    }
    try {
      HttpResponse<byte[]> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return switch (answer.statusCode()) {
        case 200 -> ByteBuffer.wrap(answer.body());
        case 404 -> ByteBuffer.allocate(0);
        default -> throw new IOException(url + " answered " + answer.statusCode());
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
