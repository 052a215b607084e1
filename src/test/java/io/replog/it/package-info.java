/**
 * The program as its users have it: real processes, real sockets, real files. What is checked here
 * is what can be seen from outside.
 */
package io.replog.it;
