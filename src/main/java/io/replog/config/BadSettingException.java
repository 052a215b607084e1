package io.replog.config;

/**
 * A value that cannot be. The message is one line that names the variable, property or option and
 * the allowed form.
 */
public final class BadSettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BadSettingException(String message) {
    super(message);
  }
}
