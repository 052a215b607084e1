package io.replog.http;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What of the node's settings concerns its API.
 *
 * @param faultsEnabled whether {@code /faults} is there
 * @param tracing where spans go, null where there is no tracing
 * @param limits what clients may cost
 */
public record HttpSettings(
    AppendDefaults appends, boolean faultsEnabled, @Nullable URI tracing, HttpLimits limits) {
  /** With the limits that nobody has set. */
  public HttpSettings(AppendDefaults appends, boolean faultsEnabled, @Nullable URI tracing) {
    this(appends, faultsEnabled, tracing, HttpLimits.DEFAULT);
  }
}
