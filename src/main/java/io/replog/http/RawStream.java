package io.replog.http;

import io.micronaut.core.io.buffer.ReadBuffer;
import org.reactivestreams.Publisher;

/** A response body that goes out byte for byte, as fast as the client takes it. */
record RawStream(Publisher<ReadBuffer> bytes) {}
