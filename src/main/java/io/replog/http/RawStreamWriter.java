package io.replog.http;

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

/** Hands a {@link RawStream} to the server as it is; the only place that knows how. */
@Singleton
final class RawStreamWriter implements ResponseBodyWriter<RawStream> {
  @Override
  public CloseableByteBody writePiece(
      ByteBodyFactory factory,
      HttpRequest<?> request,
      HttpResponse<?> response,
      Argument<RawStream> type,
      MediaType mediaType,
      RawStream stream) {
    return factory.adapt(stream.bytes());
  }

  @Override
  public void writeTo(
      Argument<RawStream> type,
      MediaType mediaType,
      RawStream stream,
      MutableHeaders headers,
      OutputStream out) {
    throw new UnsupportedOperationException("a stream is never written in one piece");
  }
}
