package io.replog.cli;

import java.util.Locale;

/** How far long work is, for people: {@code [#######-------------] 35 %}. */
final class ProgressBar {
  private static final int WIDTH = 20;

  private ProgressBar() {}

  /**
   * A bar of a fixed width.
   *
   * @param share of the work that is done; what is outside of 0 to 1 is shown as the nearer of them
   */
  static String of(double share) {
    double done = Math.clamp(share, 0, 1);
    int full = (int) (done * WIDTH);
    return String.format(
        Locale.ROOT,
        "[%s%s] %3d %%",
        "#".repeat(full),
        "-".repeat(WIDTH - full),
        (int) (done * 100));
  }
}
