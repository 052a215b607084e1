package io.replog.storage;

import java.util.OptionalLong;

/**
 * The end of the log is gone although it had been acknowledged as durable, and nothing after it is
 * left. The store counts as a new one: it has a new store id already when the node hears of this.
 *
 * @param fromSequence the first sequence that is lost
 * @param toSequence the last one; empty where the mark is lost too, so that nobody knows, nor
 *     whether anything is
 * @param cause what was found, for a person
 */
public record LostTail(long fromSequence, OptionalLong toSequence, String cause) {}
