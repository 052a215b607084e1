/** Streams between nodes: the messages, their binary form, and the transport as a port. */
@NullMarked
package io.replog.replication;

import org.jspecify.annotations.NullMarked;
