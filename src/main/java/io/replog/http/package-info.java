/**
 * The HTTP API: translates requests into calls of {@link io.replog.node.Node} and its answers into
 * responses, and decides nothing. What waits holds no thread, and no disk is read on an event loop.
 */
@NullMarked
package io.replog.http;

import org.jspecify.annotations.NullMarked;
