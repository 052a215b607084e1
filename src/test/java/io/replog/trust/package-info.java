/** Tests of what decides who is let in. */
@org.jspecify.annotations.NullMarked
package io.replog.trust;
