/**
 * Who is let in: tokens of clients, the secret that nodes share, certificates. All of it comes from
 * files that may change while the node runs.
 */
@org.jspecify.annotations.NullMarked
package io.replog.trust;
