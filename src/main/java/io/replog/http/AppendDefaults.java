package io.replog.http;

import io.replog.core.WriteConcern;

/**
 * What an append asks for that does not say otherwise.
 *
 * @param concern the write concern
 * @param journal whether copies count once they are durable
 */
public record AppendDefaults(WriteConcern concern, boolean journal) {}
