package io.replog.evidence;

/**
 * A statement with a signature, which may be wrong: {@link KeyRing#check} tells.
 *
 * @param signature by the node that the statement names, or so it is said
 */
public record Signed<S extends Statement>(S statement, Signature signature) {}
