package io.replog.replication.http;

import io.micronaut.core.io.buffer.ReadBuffer;
import org.reactivestreams.Publisher;

/** A response body that leaves byte for byte, and is flushed piece by piece. */
record StreamBody(Publisher<ReadBuffer> pieces) {}
