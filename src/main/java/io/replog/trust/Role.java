package io.replog.trust;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What the holder of a token may do. Each may do what those before it may. */
public enum Role {
  /** See the log and the cluster. */
  READ,
  /** Append. */
  APPEND,
  /** Change the cluster: who is in it, and faults on request. */
  OPERATE;

  /** Whether this role may do what needs {@code needed}. */
  public boolean covers(Role needed) {
    return compareTo(needed) >= 0;
  }

  /** As it is written in files and documents. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The role of this name, as {@link #text} writes it. */
  public static Optional<Role> of(String text) {
    return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
  }
}
