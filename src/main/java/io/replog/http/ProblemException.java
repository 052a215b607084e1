package io.replog.http;

/** A request that is answered by a problem, thrown where a request is parsed. */
final class ProblemException extends RuntimeException {
  private final transient Problem problem;

  ProblemException(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  /** A request that is not valid: {@code detail} says why and what is allowed. */
  static ProblemException invalid(String detail) {
    return new ProblemException(Problem.invalid(detail));
  }

  Problem problem() {
    return problem;
  }
}
