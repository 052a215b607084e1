package io.replog.observability;

import ch.qos.logback.core.PropertyDefinerBase;

/**
 * Tells {@code logback.xml} which of its two appenders is wanted. It is asked before the settings
 * are read; what is neither of the two is logged as text, and refused there by name.
 */
public final class LogFormatDefiner extends PropertyDefinerBase {
  private static final String PROPERTY = "replog.log.format";
  private static final String VARIABLE = "REPLOG_LOG_FORMAT";

  @Override
  public String getPropertyValue() {
    String property = System.getProperty(PROPERTY);
    String wanted = property == null ? System.getenv(VARIABLE) : property;
    return "json".equals(wanted) ? "json" : "text";
  }
}
