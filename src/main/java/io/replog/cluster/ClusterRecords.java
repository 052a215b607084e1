package io.replog.cluster;

import java.util.function.Consumer;

/**
 * Where the {@link ClusterRecord} is kept. Answers come on any thread, once, also before the call
 * returns; the calls never block.
 */
public interface ClusterRecords {
  /** Where it is, for people. */
  String name();

  /**
   * Whether more than one node may found, so that the founder has to make sure that it still is
   * one.
   */
  boolean contested();

  /** Asks for the record. */
  void read(Consumer<Answer> answer);

  /**
   * Writes the record: creates it if it has no version, else changes it from that very version. Of
   * two at the same time one is {@link Answer.Changed}.
   */
  void write(ClusterRecord next, Consumer<Answer> answer);

  /** What came of it. */
  sealed interface Answer {
    /** The record as it is now; after a write, as it was written. */
    record Is(ClusterRecord record) implements Answer {}

    /** There is none. */
    record None() implements Answer {}

    /** Nothing was written: somebody else was first, and the record is to be read again. */
    record Changed() implements Answer {}

    /** Not known: a write may have been done or not. One line for people says why. */
    record Unavailable(String why) implements Answer {}
  }
}
