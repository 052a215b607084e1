package io.replog.cli.scenario;

/** A step that did not hold. */
final class NotHeldException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String expected;
  private final String seen;

  NotHeldException(String expected, String seen) {
    super("expected " + expected + "; seen: " + seen);
    this.expected = expected;
    this.seen = seen;
  }

  String expected() {
    return expected;
  }

  String seen() {
    return seen;
  }
}
