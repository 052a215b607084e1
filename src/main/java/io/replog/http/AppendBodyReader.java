package io.replog.http;

import com.fasterxml.jackson.core.JsonToken;
import io.replog.core.WriteConcern;
import io.replog.http.Problem.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the body of an append, and refuses by name whatever it must not have. */
final class AppendBodyReader {
  /** An append that waits longer than this is better without a timeout. */
  static final Duration LONGEST_TIMEOUT = Duration.ofDays(1);

  /**
   * Most messages of a batch. A body has room for millions of empty ones, each of which costs every
   * node some two hundred bytes of memory while the batch is on its way.
   */
  static final int MOST_MESSAGES = 100_000;

  private static final List<String> MEMBERS =
      List.of("message", "msg", "messages", "w", "j", "timeoutMs", "expectedSequence");
  private static final String ALLOWED_CONCERN =
      "must be a whole number from 1 to %d, \"majority\", \"all\" or \"certified\""
          .formatted(WriteConcern.MAX_COPIES);

  private final List<byte[]> payloads = new ArrayList<>(1);
  private @Nullable String source;
  private @Nullable WriteConcern concern;
  private @Nullable Boolean journal;
  private @Nullable Duration timeout;
  private @Nullable Long expectedSequence;

  private AppendBodyReader() {}

  /**
   * Reads a body.
   *
   * @throws ProblemException if it is not valid
   */
  static AppendBody read(byte[] bytes) {
    AppendBodyReader reader = new AppendBodyReader();
    JsonBody.read(bytes, MEMBERS, reader::member);
    if (reader.source == null) {
      throw ProblemException.invalid("one of message, msg and messages must be there");
    }
    if (reader.concern instanceof WriteConcern.Certified) {
      reader.onDisk();
    }
    return new AppendBody(
        reader.payloads, reader.concern, reader.journal, reader.timeout, reader.expectedSequence);
  }

  private void member(String name, JsonBody value) throws IOException {
    switch (name) {
      case "message", "msg" -> {
        only(name);
        payloads.add(value.payload());
      }
      case "messages" -> {
        only(name);
        list(value);
      }
      case "w" -> concern = concern(value);
      case "j" -> journal = value.truth();
      case "timeoutMs" -> timeout = Duration.ofMillis(value.whole(0, LONGEST_TIMEOUT.toMillis()));
      case "expectedSequence" -> expectedSequence = value.whole(1, Long.MAX_VALUE);
      default -> throw new IllegalStateException("no such member: " + name);
    }
  }

  /** Nobody signs for what is not on its disk, so "j" is true whatever the default is. */
  private void onDisk() {
    if (Boolean.FALSE.equals(journal)) {
      throw ProblemException.invalid("\"j\" must be true where \"w\" is \"certified\"");
    }
    journal = true;
  }

  private void only(String name) {
    if (source != null) {
      throw ProblemException.invalid(
          "\"%s\" and \"%s\" are both there; one of message, msg and messages is allowed"
              .formatted(source, name));
    }
    source = name;
  }

  private void list(JsonBody value) throws IOException {
    if (value.token() != JsonToken.START_ARRAY) {
      throw value.wrong("must be a list of strings");
    }
    while (value.next() != JsonToken.END_ARRAY) {
      if (payloads.size() == MOST_MESSAGES) {
        throw new ProblemException(
            new Problem(Kind.TOO_LARGE, "a batch may have " + MOST_MESSAGES + " messages")
                .with("allowed", MOST_MESSAGES));
      }
      payloads.add(value.payload());
    }
    if (payloads.isEmpty()) {
      throw value.wrong("must have at least one message");
    }
  }

  private static WriteConcern concern(JsonBody value) throws IOException {
    if (value.token() == JsonToken.VALUE_NUMBER_INT) {
      try {
        return new WriteConcern.Copies((int) value.whole(1, WriteConcern.MAX_COPIES));
      } catch (ProblemException e) {
        throw value.wrong(ALLOWED_CONCERN);
      }
    }
    String name = value.token() == JsonToken.VALUE_STRING ? value.text() : "";
    return switch (name) {
      case "majority" -> new WriteConcern.Majority();
      case "all" -> new WriteConcern.All();
      case "certified" -> new WriteConcern.Certified();
      default -> throw value.wrong(ALLOWED_CONCERN);
    };
  }
}
