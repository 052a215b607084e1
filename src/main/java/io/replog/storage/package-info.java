/**
 * The log on disk. {@link io.replog.storage.DataDirectory} is the way in; the format is told in
 * {@code docs/storage-format.md}.
 *
 * <p>Threads: the node thread is the only one that appends, cuts and saves state; it writes into
 * the page cache. One sync thread forces ({@link io.replog.storage.GroupCommit}). Anybody may read,
 * and no reader ever waits for the writer or makes it wait.
 *
 * <p>A thread that writes or forces must never be interrupted: the JDK would close the file under
 * it. Threads that only read may be.
 */
@NullMarked
package io.replog.storage;

import org.jspecify.annotations.NullMarked;
