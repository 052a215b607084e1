package io.replog.storage;

import io.replog.core.Hash;

/**
 * A segment that takes no more entries.
 *
 * @param first sequence of its first entry
 * @param last sequence of its last entry
 * @param end position after its last frame, in bytes
 * @param hashBefore hash of the entry before its first
 * @param lastHash hash of its last entry
 */
record SealedSegment(long first, long last, int end, Hash hashBefore, Hash lastHash) {}
