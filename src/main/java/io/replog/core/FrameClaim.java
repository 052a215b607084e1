package io.replog.core;

/**
 * What bytes that look like a frame's beginning say of it; nothing of it has been checked.
 *
 * @param size length of the whole frame in bytes
 * @param epoch epoch of its entries
 * @param sequence sequence of its first entry
 * @param timestamp milliseconds since 1970 UTC
 */
public record FrameClaim(int size, long epoch, long sequence, long timestamp) {}
