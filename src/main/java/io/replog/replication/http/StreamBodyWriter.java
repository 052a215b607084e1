package io.replog.replication.http;

import io.micronaut.core.type.Argument;
import io.micronaut.core.type.MutableHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.body.ByteBodyFactory;
import io.micronaut.http.body.CloseableByteBody;
import io.micronaut.http.body.ResponseBodyWriter;
import jakarta.inject.Singleton;
import java.io.OutputStream;

/**
 * Hands a {@link StreamBody} to the server as it is: the only writer that keeps it a stream of
 * bytes.
 */
@Singleton
final class StreamBodyWriter implements ResponseBodyWriter<StreamBody> {
  @Override
  public CloseableByteBody writePiece(
      ByteBodyFactory factory,
      HttpRequest<?> request,
      HttpResponse<?> response,
      Argument<StreamBody> type,
      MediaType mediaType,
      StreamBody body) {
    return factory.adapt(body.pieces());
  }

  @Override
  public void writeTo(
      Argument<StreamBody> type,
      MediaType mediaType,
      StreamBody body,
      MutableHeaders headers,
      OutputStream out) {
    throw new UnsupportedOperationException("a stream between nodes is never a part of a body");
  }
}
