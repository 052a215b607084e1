package io.replog.cli.scenario;

/** A script that cannot be read, or cannot be played where it was to be. */
public final class BadScriptException extends Exception {
  private static final long serialVersionUID = 1L;

  BadScriptException(String source, int line, String why) {
    super(source + ", line " + line + ": " + why);
  }

  BadScriptException(String source, String why) {
    super(source + ": " + why);
  }
}
