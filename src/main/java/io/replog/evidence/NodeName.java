package io.replog.evidence;

import java.util.regex.Pattern;

/** What a node's id looks like; it is also the name of its files. */
final class NodeName {
  static final String ALLOWED =
      "1 to 128 letters, digits, '.', '_' or '-', the first a letter or digit";

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private NodeName() {}

  static boolean isOne(String text) {
    return ID.matcher(text).matches();
  }

  /**
   * @throws IllegalArgumentException if it is none
   */
  static void require(String text) {
    if (!isOne(text)) {
      throw new IllegalArgumentException("a node's id must be " + ALLOWED);
    }
  }
}
