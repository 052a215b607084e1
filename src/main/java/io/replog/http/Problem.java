package io.replog.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error as RFC 9457 has it.
 *
 * @param detail what happened here, and what is allowed
 * @param facts further members: strings, numbers, truth values and lists of strings
 */
record Problem(Kind kind, String detail, Map<String, Object> facts) {
  static final MediaType MEDIA_TYPE = MediaType.of("application/problem+json");

  private static final String RETRY_AFTER_SECONDS = "1";

  /** The closed list of what can go wrong; the name in the type URI is the constant's. */
  enum Kind {
    INVALID_REQUEST(HttpStatus.BAD_REQUEST, "The request is not valid"),
    UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "It is not known who asks"),
    FORBIDDEN(HttpStatus.FORBIDDEN, "Whoever asks may not do this"),
    NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such thing"),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "This method is not for this resource"),
    NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "None of the accepted media types can be served"),
    NOT_COMMITTED(HttpStatus.CONFLICT, "It is not committed yet"),
    TRIMMED(HttpStatus.GONE, "The log begins later"),
    CONFLICT(HttpStatus.CONFLICT, "This contradicts what is there"),
    SEQUENCE_MISMATCH(HttpStatus.PRECONDITION_FAILED, "Another sequence is next"),
    TOO_SLOW(HttpStatus.REQUEST_TIMEOUT, "The request took too long"),
    TOO_LARGE(HttpStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large"),
    URI_TOO_LONG(HttpStatus.REQUEST_URI_TOO_LONG, "The first line is too long"),
    UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "This media type is not understood"),
    NOT_MASTER(HttpStatus.MISDIRECTED_REQUEST, "This node is not the master"),
    KEY_REUSED(HttpStatus.UNPROCESSABLE_ENTITY, "The key belongs to another message"),
    HEADERS_TOO_LARGE(HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too large"),
    INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR, "The node failed"),
    INJECTED_FAULT(HttpStatus.INTERNAL_SERVER_ERROR, "A fault that was asked for"),
    NO_QUORUM(HttpStatus.SERVICE_UNAVAILABLE, "Too few secondaries answer"),
    NOT_CERTIFIED(HttpStatus.SERVICE_UNAVAILABLE, "Too few nodes have signed"),
    NOT_ACTIVE(HttpStatus.SERVICE_UNAVAILABLE, "No master is active here"),
    NODE_UNREACHABLE(HttpStatus.BAD_GATEWAY, "The other node does not answer"),
    OVERLOADED(HttpStatus.SERVICE_UNAVAILABLE, "Too much is asked at once"),
    DISK_FAILED(HttpStatus.SERVICE_UNAVAILABLE, "The disk failed"),
    LOG_DAMAGED(HttpStatus.SERVICE_UNAVAILABLE, "The log is damaged here"),
    BEHIND(HttpStatus.SERVICE_UNAVAILABLE, "This node does not have it yet"),
    ROLLED_BACK(HttpStatus.SERVICE_UNAVAILABLE, "The log was cut back during the answer"),
    UNKNOWN_OUTCOME(HttpStatus.GATEWAY_TIMEOUT, "Whether it is in the log is not known"),
    DISK_FULL(HttpStatus.INSUFFICIENT_STORAGE, "The disk is full"),
    OTHER_ERROR(HttpStatus.BAD_REQUEST, "The request failed");

    private final HttpStatus status;
    private final String title;

    Kind(HttpStatus status, String title) {
      this.status = status;
      this.title = title;
    }

    HttpStatus status() {
      return status;
    }

    private String uri() {
      return "urn:replog:problem:" + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  Problem {
    detail = encodable(detail);
  }

  Problem(Kind kind, String detail) {
    this(kind, detail, Map.of());
  }

  static Problem invalid(String detail) {
    return new Problem(Kind.INVALID_REQUEST, detail);
  }

  static Problem notFound(String detail) {
    return new Problem(Kind.NOT_FOUND, detail);
  }

  /** What was asked for is before the beginning of the log. */
  static Problem trimmed(long sequence, long firstSequence) {
    return new Problem(
            Kind.TRIMMED,
            "entry %d has been trimmed; the log begins with entry %d"
                .formatted(sequence, firstSequence))
        .with("firstSequence", firstSequence);
  }

  /** The refusal of what only the master can do; {@code active} is its URL if known. */
  static Problem notMaster(@Nullable String active) {
    return active == null
        ? new Problem(Kind.NOT_MASTER, "this node is not the active master and knows none now")
        : new Problem(Kind.NOT_MASTER, "ask the active master at " + active).with("active", active);
  }

  /** The refusal for want of a quorum. */
  static Problem noQuorum(int needed, int available) {
    return new Problem(
            Kind.NO_QUORUM,
            "%d copies make a majority, %d answer: the log is read-only"
                .formatted(needed, available))
        .with("needed", needed)
        .with("available", available);
  }

  /** The refusal of an append beyond as many as may be there. */
  static Problem overloaded(int limit) {
    return new Problem(Kind.OVERLOADED, limit + " appends wait already, as many as may")
        .with("limit", limit);
  }

  /** The refusal of a long append while others take all memory that they may. */
  static Problem tooMuchAtOnce(long limit) {
    return new Problem(
            Kind.OVERLOADED, "appends of " + limit + " bytes are not begun yet, as many as may")
        .with("limit", limit);
  }

  /** The same with one member more. */
  Problem with(String member, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(facts);
    more.put(member, value);
    return new Problem(kind, detail, more);
  }

  MutableHttpResponse<byte[]> response() {
    return on(HttpResponse.status(kind.status), kind.status);
  }

  /** This problem as the body of a response that has its status already. */
  MutableHttpResponse<byte[]> on(MutableHttpResponse<?> response, HttpStatus status) {
    if (status == HttpStatus.SERVICE_UNAVAILABLE) {
      response.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    return response.contentType(MEDIA_TYPE).body(Json.bytes(json -> write(json, status)));
  }

  private void write(JsonGenerator json, HttpStatus status) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", kind.uri());
    json.writeStringField("title", kind.title);
    json.writeNumberField("status", status.getCode());
    json.writeStringField("detail", detail);
    for (Map.Entry<String, Object> fact : facts.entrySet()) {
      json.writeFieldName(fact.getKey());
      writeFact(json, fact.getValue());
    }
    json.writeEndObject();
  }

  private static void writeFact(JsonGenerator json, Object fact) throws IOException {
    switch (fact) {
      case Boolean value -> json.writeBoolean(value);
      case Integer value -> json.writeNumber(value);
      case Long value -> json.writeNumber(value);
      case Collection<?> values -> {
        json.writeStartArray();
        for (Object value : values) {
          writeFact(json, value);
        }
        json.writeEndArray();
      }
      default -> json.writeString(encodable(fact.toString()));
    }
  }

  /** What came from a request may have half a surrogate pair, which cannot be written. */
  private static String encodable(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
