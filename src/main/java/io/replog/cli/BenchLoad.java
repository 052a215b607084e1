package io.replog.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import io.replog.client.Credentials;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * What a benchmark does.
 *
 * @param clients connections
 * @param pipeline most appends in flight on each of them
 * @param warmUp time before anything is counted
 * @param duration time that is counted
 * @param count appends after which it ends before that, null for no such end
 * @param rate appends a second over all clients, whatever the answers take; null for as many as the
 *     answers allow
 * @param size bytes of a message
 * @param batch messages of an append
 * @param credentials what every append shows, and whom an https URL is believed by
 */
record BenchLoad(
    URI url,
    int clients,
    int pipeline,
    Duration warmUp,
    Duration duration,
    @Nullable Long count,
    @Nullable Double rate,
    @Nullable String w,
    @Nullable Boolean journal,
    @Nullable Long timeoutMs,
    int size,
    int batch,
    Credentials credentials) {
  private static final int DIGITS = 19;
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  /** What is said of it in a report. */
  String inWords() {
    return "%d clients%s, %s, w=%s j=%s, %d bytes%s"
        .formatted(
            clients,
            pipeline == 1 ? "" : " with " + pipeline + " in flight each",
            rate == null
                ? "closed loop"
                : String.format(Locale.ROOT, "open loop of %.0f appends/s", rate),
            w == null ? "default" : w,
            journal == null ? "default" : journal,
            size,
            batch == 1 ? "" : ", batches of " + batch);
  }

  /** A whole request; every message of a run is another, as far as its size allows. */
  ByteBuf request(ByteBufAllocator allocator, long number) {
    byte[] before = (batch == 1 ? "{\"message\":" : "{\"messages\":[").getBytes(US_ASCII);
    byte[] after = ((batch == 1 ? "" : "]") + members() + "}").getBytes(US_ASCII);
    int length = before.length + batch * (size + 2) + (batch - 1) + after.length;
    byte[] head = head(length).getBytes(US_ASCII);
    ByteBuf request = allocator.buffer(head.length + length);
    request.writeBytes(head).writeBytes(before);
    for (int i = 0; i < batch; i++) {
      if (i > 0) {
        request.writeByte(',');
      }
      request.writeByte('"');
      writeMessage(request, number * batch + i);
      request.writeByte('"');
    }
    return request.writeBytes(after);
  }

  private void writeMessage(ByteBuf request, long number) {
    long rest = number;
    int digits = Math.min(DIGITS, size);
    int begin = request.writerIndex();
    request.writeZero(digits);
    for (int i = digits - 1; i >= 0; i--) {
      request.setByte(begin + i, '0' + (int) (rest % 10));
      rest /= 10;
    }
    for (int i = digits; i < size; i++) {
      request.writeByte('x');
    }
  }

  private String members() {
    StringBuilder members = new StringBuilder();
    if (w != null) {
      boolean number = w.matches("\\d+");
      members.append(",\"w\":").append(number ? w : '"' + w + '"');
    }
    if (journal != null) {
      members.append(",\"j\":").append(journal.booleanValue());
    }
    if (timeoutMs != null) {
      members.append(",\"timeoutMs\":").append(timeoutMs.longValue());
    }
    return members.toString();
  }

  private String head(int length) {
    return "POST /messages HTTP/1.1\r\nHost: %s:%d\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n"
        .formatted(
            url.getHost(),
            port(),
            length,
            credentials.token() == null
                ? ""
                : "Authorization: Bearer " + credentials.token() + "\r\n");
  }

  int port() {
    return url.getPort() >= 0 ? url.getPort() : isEncrypted() ? HTTPS_PORT : HTTP_PORT;
  }

  boolean isEncrypted() {
    return "https".equals(url.getScheme());
  }

  /** What makes a connection one of TLS to that very host. */
  SslHandler encrypted() {
    SSLEngine engine = tls().createSSLEngine(url.getHost(), port());
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    engine.setSSLParameters(parameters);
    return new SslHandler(engine);
  }

  private SSLContext tls() {
    try {
      return credentials.tls() == null ? SSLContext.getDefault() : credentials.tls();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }
}
