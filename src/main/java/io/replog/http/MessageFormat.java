package io.replog.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.MediaType;
import io.replog.http.Problem.Kind;
import java.util.List;
import java.util.stream.Collectors;

/** The forms in which the log can be had. */
enum MessageFormat {
  JSON(MediaType.APPLICATION_JSON),
  NDJSON("application/x-ndjson"),
  EVENTS(MediaType.TEXT_EVENT_STREAM);

  private final String mediaType;

  MessageFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  MediaType mediaType() {
    return MediaType.of(mediaType);
  }

  /** The form that a client likes best; JSON if it does not say. */
  static MessageFormat of(HttpRequest<?> request) {
    return of(request, List.of(values()));
  }

  /** The same where there is one record and no tail of it. */
  static MessageFormat ofRecord(HttpRequest<?> request) {
    return of(request, List.of(JSON, NDJSON));
  }

  private static MessageFormat of(HttpRequest<?> request, List<MessageFormat> offered) {
    List<MediaType> accepted = List.copyOf(request.accept());
    if (accepted.isEmpty()) {
      return JSON;
    }
    for (MediaType type : accepted) {
      if (type.getQualityAsNumber().signum() == 0) {
        continue;
      }
      for (MessageFormat format : offered) {
        if (type.matches(format.mediaType())) {
          return format;
        }
      }
    }
    throw new ProblemException(
        new Problem(
                Kind.NOT_ACCEPTABLE,
                "served are "
                    + offered.stream().map(f -> f.mediaType).collect(Collectors.joining(", ")))
            .with("accept", accepted.stream().map(MediaType::toString).toList()));
  }
}
