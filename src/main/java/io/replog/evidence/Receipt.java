package io.replog.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import io.replog.core.Entry;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * That an entry is certified: enough nodes of a ring attest it. Who has the ring can check it
 * without any node, and two receipts of one sequence that both hold are of one entry, as long as no
 * more than {@link KeyRing#liars} of the ring's nodes lie.
 *
 * <p>It holds all that the entry's hash is made of, so that it speaks of this message and not of a
 * number; a value that was read may be wrong in anything, which {@link #verify} finds.
 *
 * @param sequence from 1
 * @param epoch of the master that first wrote the entry, from 1
 * @param timestamp of the entry, milliseconds since 1970 UTC
 * @param key its idempotency key, or null without one
 * @param message its text
 * @param previousHash the chain's value before it
 * @param hash the chain's value after it: what is attested
 * @param ring digest of the ring it was made with
 * @param quorum of that ring
 * @param votes who attests it, by node id in order
 */
public record Receipt(
    UUID cluster,
    long sequence,
    long epoch,
    long timestamp,
    @Nullable String key,
    String message,
    Hash previousHash,
    Hash hash,
    Hash ring,
    int quorum,
    List<Vote> votes)
    implements Evidence {
  /** What the member {@code type} of its JSON says. */
  public static final String TYPE = "receipt";

  private static final int MOST_VOTES = 10 * KeyRing.MOST;

  /**
   * One attestation; all but who says it is that of the receipt.
   *
   * @param signature of the node over the {@link Attestation}, or so it is said
   */
  public record Vote(String node, Signature signature) {}

  public Receipt {
    votes = votes.stream().sorted(Comparator.comparing(Vote::node)).toList();
  }

  /**
   * What a check found.
   *
   * @param needed how many nodes have to attest
   * @param attested whose attestations count, in order; none if the hash is not the entry's
   * @param discarded what does not count, and why
   * @param faults why the receipt proves nothing, for people; empty if it holds
   */
  public record Verdict(
      int needed, List<String> attested, List<String> discarded, List<String> faults) {
    /** Whether the receipt proves what it says. */
    public boolean holds() {
      return faults.isEmpty();
    }
  }

  /**
   * Puts one together.
   *
   * @param previous hash before the entry
   * @param attestations of this entry; not checked here
   */
  public static Receipt of(
      UUID cluster,
      Entry entry,
      Hash previous,
      KeyRing ring,
      Collection<Signed<Attestation>> attestations) {
    return new Receipt(
        cluster,
        entry.sequence(),
        entry.epoch(),
        entry.timestamp(),
        entry.key(),
        entry.message(),
        previous,
        entry.hash(),
        ring.digest(),
        ring.quorum(),
        attestations.stream()
            .map(one -> new Vote(one.statement().node(), one.signature()))
            .toList());
  }

  /**
   * Reads the form that {@link #toJson} writes.
   *
   * @throws BadEvidenceException if it is not a receipt, with what is wrong
   */
  public static Receipt parse(String json) throws BadEvidenceException {
    return of(JsonText.read(json));
  }

  static Receipt of(JsonText text) throws BadEvidenceException {
    if (!text.text("type").equals(TYPE)) {
      throw new BadEvidenceException("member type must be '" + TYPE + "'");
    }
    List<Vote> votes = new ArrayList<>();
    for (JsonText vote : text.objects("attestations", MOST_VOTES)) {
      votes.add(new Vote(vote.node("node"), vote.signature("signature")));
    }
    return new Receipt(
        text.uuid("cluster"),
        text.number("sequence", 1),
        text.number("epoch", 1),
        text.number("timestamp", 0),
        text.textOrNull("key"),
        text.text("message"),
        text.hash("previousHash"),
        text.hash("hash"),
        text.hash("ring"),
        (int) Math.min(text.number("quorum", 1), Integer.MAX_VALUE),
        votes);
  }

  /** One JSON object on one line. */
  @Override
  public String toJson() {
    return JsonText.write(this::write);
  }

  /** Writes the object as a value of a larger document. */
  public void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", TYPE);
    json.writeStringField("cluster", cluster.toString());
    json.writeNumberField("sequence", sequence);
    json.writeNumberField("epoch", epoch);
    json.writeNumberField("timestamp", timestamp);
    if (key != null) {
      json.writeStringField("key", key);
    }
    json.writeStringField("message", message);
    json.writeStringField("previousHash", previousHash.toString());
    json.writeStringField("hash", hash.toString());
    json.writeStringField("ring", ring.toString());
    json.writeNumberField("quorum", quorum);
    json.writeArrayFieldStart("attestations");
    for (Vote vote : votes) {
      json.writeStartObject();
      json.writeStringField("node", vote.node());
      json.writeStringField("signature", vote.signature().toString());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** Checks everything that the receipt says against this ring. */
  public Verdict verify(KeyRing trusted) {
    List<String> faults = new ArrayList<>();
    boolean whole = hash.equals(recomputed());
    if (!whole) {
      faults.add(
          "the hash is not that of the entry: sequence, epoch, timestamp, key, message,"
              + " previousHash or hash was changed");
    }
    if (!trusted.digest().equals(ring)) {
      faults.add(
          "made with ring %s, not with the ring that is given, %s"
              .formatted(ring, trusted.digest()));
    }
    if (!trusted.certifies()) {
      faults.add(
          "a ring of %d nodes proves nothing; %d are needed for one that may lie"
              .formatted(trusted.size(), KeyRing.FEWEST));
    }
    if (quorum != trusted.quorum()) {
      faults.add(
          "quorum is said to be %d; that of %d nodes is %d"
              .formatted(quorum, trusted.size(), trusted.quorum()));
    }
    List<String> discarded = new ArrayList<>();
    List<String> attested = whole ? attested(trusted, discarded) : List.of();
    if (whole && attested.size() < trusted.quorum()) {
      faults.add(
          "%d of %d attestations that are needed are good"
              .formatted(attested.size(), trusted.quorum()));
    }
    return new Verdict(trusted.quorum(), attested, List.copyOf(discarded), List.copyOf(faults));
  }

  private List<String> attested(KeyRing trusted, List<String> discarded) {
    Set<String> seen = new HashSet<>();
    List<String> attested = new ArrayList<>();
    for (Vote vote : votes) {
      String why =
          switch (trusted.check(new Signed<>(attestation(vote.node()), vote.signature()))) {
            case GOOD -> seen.add(vote.node()) ? null : "is there twice";
            case UNKNOWN_NODE -> "is not in the ring";
            case BAD_SIGNATURE -> "has not signed this";
          };
      if (why == null) {
        attested.add(vote.node());
      } else {
        discarded.add(vote.node() + " " + why);
      }
    }
    return List.copyOf(attested);
  }

  /** What this node has to have signed. */
  public Attestation attestation(String node) {
    return new Attestation(node, cluster, sequence, epoch, hash);
  }

  private Hash recomputed() {
    byte[] keyBytes = key == null ? null : key.getBytes(UTF_8);
    return new HashChain()
        .next(previousHash, sequence, epoch, timestamp, keyBytes, message.getBytes(UTF_8));
  }
}
