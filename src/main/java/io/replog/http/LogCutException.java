package io.replog.http;

import java.io.IOException;

/** The log no longer has what an answer has promised to show: it was cut back, or trimmed. */
final class LogCutException extends IOException {
  private final Problem problem;

  private LogCutException(Problem problem) {
    super(problem.detail());
    this.problem = problem;
  }

  static LogCutException cutBack(long sequence) {
    return new LogCutException(
        new Problem(
                Problem.Kind.ROLLED_BACK,
                "the log was cut back before entry " + sequence + "; ask again")
            .with("sequence", sequence));
  }

  static LogCutException trimmed(long sequence, long firstSequence) {
    return new LogCutException(Problem.trimmed(sequence, firstSequence));
  }

  Problem problem() {
    return problem;
  }
}
