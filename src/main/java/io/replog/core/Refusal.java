package io.replog.core;

import org.jspecify.annotations.Nullable;

/** Why an append was refused before it took a sequence. */
public sealed interface Refusal {
  /** This node does not sequence; {@code active} is the URL of the node that does, if known. */
  record NotMaster(@Nullable String active) implements Refusal {}

  /** This node could sequence but is not the active master now, and knows no other that is. */
  record NotActive(String why) implements Refusal {}

  /** Too few voting secondaries answer: the log is read-only. */
  record NoQuorum(int needed, int available) implements Refusal {}

  /** As many appends wait as may. */
  record Overloaded(int limit) implements Refusal {}

  /** Appends that take {@code limit} bytes have come and are not begun. */
  record TooMuchAtOnce(long limit) implements Refusal {}

  /** No room on the master's disk. */
  record DiskFull(String detail) implements Refusal {}

  /** The master's disk failed; it needs a restart. */
  record DiskFailed(String detail) implements Refusal {}

  /** {@code expectedSequence} is not the next one. */
  record SequenceMismatch(long expected, long next) implements Refusal {}

  /** The key belongs to another message. */
  record KeyReused(String key, long sequence) implements Refusal {}

  /** A write concern above the declared copies. */
  record TooManyCopies(int asked, int declared) implements Refusal {}

  /** Nothing can be certified here, whoever answers: {@code why} says what is missing. */
  record NoEvidence(String why) implements Refusal {}
}
