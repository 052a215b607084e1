package io.replog.core;

/**
 * What a scan needs to know of a frame.
 *
 * @param size length of the whole frame in bytes
 * @param epoch epoch of its entries
 * @param firstSequence sequence of its first entry
 * @param lastSequence sequence of its last entry
 * @param timestamp milliseconds since 1970 UTC
 * @param lastHash hash of its last entry
 */
public record FrameHeader(
    int size, long epoch, long firstSequence, long lastSequence, long timestamp, Hash lastHash) {}
