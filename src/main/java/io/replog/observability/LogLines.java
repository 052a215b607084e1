package io.replog.observability;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;

/**
 * The log as text by its pattern, or as JSON where {@code replog.log.format} asks for that. It is
 * asked before the settings are read: what is neither of the two is logged as text, and refused
 * there by name. One encoder for both, since logback complains of an appender that is not used.
 */
public final class LogLines extends PatternLayoutEncoder {
  private static final String PROPERTY = "replog.log.format";
  private static final String VARIABLE = "REPLOG_LOG_FORMAT";

  private final boolean asJson = "json".equals(wanted());
  private final JsonLines json = new JsonLines();

  private static String wanted() {
    String property = System.getProperty(PROPERTY);
    String variable = System.getenv(VARIABLE);
    return property != null ? property : variable != null ? variable : "text";
  }

  @Override
  public void start() {
    json.setContext(getContext());
    json.start();
    super.start();
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return asJson ? json.encode(event) : super.encode(event);
  }
}
