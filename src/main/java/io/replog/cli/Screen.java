package io.replog.cli;

import java.io.Console;
import java.util.Optional;

/** Where the output goes. */
final class Screen {
  private Screen() {}

  /**
   * Whether somebody sits at a terminal: both input and output are one. {@code NO_COLOR} says
   * nothing about that; colours ask picocli, which heeds it.
   */
  static boolean isATerminal() {
    // without one, some JDKs have no console and others one that says so
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }
}
