package io.replog.client;

/**
 * Whether a node is ready.
 *
 * @param ready whether it says so
 * @param json the answer as it came, with the reasons
 */
public record Health(boolean ready, String json) {}
