/**
 * Streams between nodes over HTTP/1.1: both halves of one {@code POST /replicate}, open at the same
 * time.
 */
@NullMarked
package io.replog.replication.http;

import org.jspecify.annotations.NullMarked;
