package io.replog.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One message fed by hand. */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
record HandFedBody(long sequence, byte[] payload) {
  private static final List<String> MEMBERS = List.of("sequence", "message");

  /**
   * Reads a body.
   *
   * @throws ProblemException if it is not valid
   */
  static HandFedBody read(byte[] bytes) {
    var read =
        new Object() {
          @Nullable Long sequence;
          byte @Nullable [] payload;
        };
    JsonBody.read(
        bytes,
        MEMBERS,
        (name, value) -> {
          if (name.equals("sequence")) {
            read.sequence = value.whole(1, Long.MAX_VALUE);
          } else {
            read.payload = value.payload();
          }
        });
    if (read.sequence == null || read.payload == null) {
      throw ProblemException.invalid("\"sequence\" and \"message\" must both be there");
    }
    return new HandFedBody(read.sequence, read.payload);
  }
}
