package io.replog.evidence;

import com.fasterxml.jackson.core.JsonGenerator;
import io.replog.core.Hash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Two statements that a node has signed and of which one must be a lie: proof against that node for
 * whoever has its public key.
 *
 * @param first the one whose bytes come first, so that one pair makes one proof
 */
public record Equivocation(Signed<?> first, Signed<?> second) implements Evidence {
  /** What the member {@code type} of its JSON says. */
  public static final String TYPE = "equivocation";

  /** What was said twice. */
  public enum Kind {
    /** Two heads of one reign, see {@link Head}. */
    HEADS,
    /** Two attestations of one sequence, see {@link Attestation}. */
    ATTESTATIONS;

    /** As it is written in documents. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @throws IllegalArgumentException if the two do not contradict each other
   */
  public Equivocation {
    if (!contradict(first.statement(), second.statement())) {
      throw new IllegalArgumentException("the two statements do not contradict each other");
    }
    if (Arrays.compareUnsigned(first.statement().bytes(), second.statement().bytes()) > 0) {
      Signed<?> later = first;
      first = second;
      second = later;
    }
  }

  /** The proof that the two are, if they contradict each other; signatures are not looked at. */
  public static Optional<Equivocation> of(Signed<?> one, Signed<?> other) {
    return contradict(one.statement(), other.statement())
        ? Optional.of(new Equivocation(one, other))
        : Optional.empty();
  }

  private static boolean contradict(Statement one, Statement other) {
    return switch (one) {
      case Head head -> other instanceof Head second && head.contradicts(second);
      case Attestation said -> other instanceof Attestation second && said.contradicts(second);
    };
  }

  /** Who has lied. */
  public String node() {
    return first.statement().node();
  }

  public Kind kind() {
    return switch (first.statement()) {
      case Head _ -> Kind.HEADS;
      case Attestation _ -> Kind.ATTESTATIONS;
    };
  }

  /** Of heads the epoch of the reign; of attestations the epoch that the first gives the entry. */
  public long epoch() {
    return first.statement().epoch();
  }

  /** Why it proves nothing to who has this ring, for people; empty if it does. */
  public List<String> faults(KeyRing ring) {
    List<String> faults = new ArrayList<>();
    check("first", first, ring, faults);
    check("second", second, ring, faults);
    return List.copyOf(faults);
  }

  private static void check(String name, Signed<?> signed, KeyRing ring, List<String> faults) {
    String node = signed.statement().node();
    switch (ring.check(signed)) {
      case GOOD -> {}
      case UNKNOWN_NODE -> faults.add("%s: %s is not in the ring".formatted(name, node));
      case BAD_SIGNATURE -> faults.add("%s: %s has not signed this".formatted(name, node));
    }
  }

  /** Whether it proves the lie to who has this ring. */
  public boolean holds(KeyRing ring) {
    return faults(ring).isEmpty();
  }

  /**
   * Reads the form that {@link #toJson} writes; member {@code type} may be left out, as where a
   * document says by its place what it is.
   *
   * @throws BadEvidenceException if it is none, with what is wrong
   */
  public static Equivocation parse(String json) throws BadEvidenceException {
    return of(JsonText.read(json));
  }

  static Equivocation of(JsonText text) throws BadEvidenceException {
    if (text.has("type") && !text.text("type").equals(TYPE)) {
      throw new BadEvidenceException("member type must be '" + TYPE + "'");
    }
    Kind kind = null;
    for (Kind one : Kind.values()) {
      kind = one.text().equals(text.text("kind")) ? one : kind;
    }
    if (kind == null) {
      throw new BadEvidenceException("member kind must be 'heads' or 'attestations'");
    }
    String node = text.node("node");
    Signed<?> first = statement(kind, node, text.object("first"));
    Signed<?> second = statement(kind, node, text.object("second"));
    Equivocation read =
        of(first, second)
            .orElseThrow(
                () -> new BadEvidenceException("its two statements do not contradict each other"));
    if (text.number("epoch", 1) != read.epoch()) {
      throw new BadEvidenceException("member epoch must be that of the statements");
    }
    return read;
  }

  private static Signed<?> statement(Kind kind, String node, JsonText text)
      throws BadEvidenceException {
    var cluster = text.uuid("cluster");
    long epoch = text.number("epoch", 1);
    long sequence = text.number("sequence", 1);
    Hash hash = text.hash("hash");
    Statement statement =
        switch (kind) {
          case HEADS -> new Head(node, cluster, epoch, text.number("number", 1), sequence, hash);
          case ATTESTATIONS -> new Attestation(node, cluster, sequence, epoch, hash);
        };
    return new Signed<>(statement, text.signature("signature"));
  }

  /** One JSON object on one line; the two statements are in it without their node. */
  @Override
  public String toJson() {
    return JsonText.write(this::write);
  }

  /** Writes the object as a value of a larger document. */
  public void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", TYPE);
    json.writeStringField("node", node());
    json.writeNumberField("epoch", epoch());
    json.writeStringField("kind", kind().text());
    json.writeFieldName("first");
    write(json, first);
    json.writeFieldName("second");
    write(json, second);
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Signed<?> signed) throws IOException {
    Statement statement = signed.statement();
    json.writeStartObject();
    json.writeStringField("cluster", statement.cluster().toString());
    json.writeNumberField("epoch", statement.epoch());
    if (statement instanceof Head head) {
      json.writeNumberField("number", head.number());
    }
    json.writeNumberField("sequence", statement.sequence());
    json.writeStringField("hash", statement.hash().toString());
    json.writeStringField("signature", signed.signature().toString());
    json.writeEndObject();
  }
}
