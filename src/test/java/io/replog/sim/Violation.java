package io.replog.sim;

import org.jspecify.annotations.Nullable;

/** A safety property does not hold, or the run did not come to its end. */
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1;

  private final String property;

  Violation(String property, String what) {
    this(property, what, null);
  }

  Violation(String property, String what, @Nullable Throwable cause) {
    super(property + ": " + what, cause);
    this.property = property;
  }

  String property() {
    return property;
  }
}
