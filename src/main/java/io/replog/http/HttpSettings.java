package io.replog.http;

/**
 * What of the node's settings concerns its API.
 *
 * @param faultsEnabled whether {@code /faults} is there
 * @param limits what clients may cost
 */
public record HttpSettings(AppendDefaults appends, boolean faultsEnabled, HttpLimits limits) {
  /** With the limits that nobody has set. */
  public HttpSettings(AppendDefaults appends, boolean faultsEnabled) {
    this(appends, faultsEnabled, HttpLimits.DEFAULT);
  }
}
