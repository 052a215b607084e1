package io.replog.cli;

/** What a command's process ends with. */
final class ExitCodes {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;

  /** The message is in the log, its write concern was not met in time. */
  static final int NOT_IN_TIME = 3;

  private ExitCodes() {}
}
