package io.replog.storage;

import io.replog.core.Hash;

/**
 * The segment that is appended to, or one just sealed that no force has covered yet.
 *
 * @param first sequence of its first entry
 * @param hashBefore hash of the entry before it
 */
record ActiveSegment(long first, Hash hashBefore, SharedFile file, SparseIndex index) {}
