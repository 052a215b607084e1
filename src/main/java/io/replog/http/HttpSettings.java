package io.replog.http;

/**
 * What of the node's settings concerns its API.
 *
 * @param faultsEnabled whether {@code /faults} is there
 */
public record HttpSettings(AppendDefaults appends, boolean faultsEnabled) {}
