package io.replog.observability;

import java.util.Map;

/**
 * Every key of the log: in a line of text {@code key=value}, in JSON a member. One word has one
 * meaning wherever it stands; a test holds the list against the sources.
 */
public final class LogKeys {
  /** Keys and what they name. */
  public static final Map<String, String> ALL =
      Map.ofEntries(
          Map.entry("active", "URL of the active master"),
          Map.entry("afterMs", "milliseconds"),
          Map.entry("andAt", "of the second of two nodes"),
          Map.entry("andStore", "of the second of two nodes"),
          Map.entry("asking", "who is asked"),
          Map.entry("at", "where"),
          Map.entry("by", "who did it"),
          Map.entry("cause", "what went wrong"),
          Map.entry("cluster", "a cluster id"),
          Map.entry("data", "the data directory"),
          Map.entry("durableSequence", "what is on disk"),
          Map.entry("epoch", "an epoch"),
          Map.entry("file", "a file"),
          Map.entry("files", "several"),
          Map.entry("firstSequence", "begin of a range"),
          Map.entry("for", "what is waited for"),
          Map.entry("foundAt", "where a cluster was found"),
          Map.entry("founder", "who begins the log"),
          Map.entry("frames", "how many"),
          Map.entry("from", "first sequence, or where something came from"),
          Map.entry("graceMs", "milliseconds"),
          Map.entry("is", "now"),
          Map.entry("itsCluster", "the other one"),
          Map.entry("lastSequence", "end of a log"),
          Map.entry("liar", "a node that was caught lying"),
          Map.entry("newStore", "the one in its place"),
          Map.entry("node", "a node id, mostly the own one"),
          Map.entry("nodeId", "the id that is in question"),
          Map.entry("offset", "a byte in a file"),
          Map.entry("ours", "what this node has"),
          Map.entry("ownLastSequence", "end of the own log"),
          Map.entry("peer", "the other end of a link"),
          Map.entry("promisedEpoch", "the epoch that a secondary has promised"),
          Map.entry("reason", "what a disk or a peer said"),
          Map.entry("record", "the cluster record"),
          Map.entry("retryInMs", "milliseconds"),
          Map.entry("role", "master or secondary"),
          Map.entry("seats", "of a configuration"),
          Map.entry("secondary", "the id of a secondary"),
          Map.entry("sequence", "a sequence"),
          Map.entry("store", "a store id"),
          Map.entry("to", "last sequence, or whom it is for"),
          Map.entry("url", "where a node answers"),
          Map.entry("urls", "several"),
          Map.entry("version", "of a configuration"),
          Map.entry("waitedMs", "milliseconds"),
          Map.entry("waitingBytes", "what a reader has not taken"),
          Map.entry("was", "before"),
          Map.entry("what", "what it is about"),
          Map.entry("why", "why something is done or not"));

  private LogKeys() {}
}
