package io.replog.http;

import java.io.IOException;

/** The log was cut back below what an answer has promised to show. */
final class LogCutException extends IOException {
  private final long sequence;

  LogCutException(long sequence) {
    super("the log was cut back before entry " + sequence);
    this.sequence = sequence;
  }

  Problem problem() {
    return new Problem(
            Problem.Kind.ROLLED_BACK,
            "the log was cut back before entry " + sequence + "; ask again")
        .with("sequence", sequence);
  }
}
