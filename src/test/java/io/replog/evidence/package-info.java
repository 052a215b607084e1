/** What can be proven with signatures, and what must not pass for a proof. */
@org.jspecify.annotations.NullMarked
package io.replog.evidence;
