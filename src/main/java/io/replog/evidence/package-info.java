/**
 * What a node signs, and what can be proven with it to whoever has the nodes' public keys: that an
 * entry is certified ({@link io.replog.evidence.Receipt}), or that a node has lied ({@link
 * io.replog.evidence.Equivocation}). Values and the JDK's Ed25519; no node is needed to check them.
 */
@org.jspecify.annotations.NullMarked
package io.replog.evidence;
