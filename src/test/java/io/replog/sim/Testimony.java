package io.replog.sim;

import io.replog.core.Hash;
import io.replog.evidence.Attestation;
import io.replog.evidence.Equivocation;
import io.replog.evidence.Head;
import io.replog.evidence.KeyRing;
import io.replog.evidence.Receipt;
import io.replog.evidence.Signed;
import io.replog.evidence.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.function.Predicate;

/**
 * What was signed in a run, and by whom: whether two receipts of one sequence could be put together
 * with it, and which contradictions came to honest nodes.
 *
 * <p>Liars sign whatever anybody wants. So a receipt of an entry can be had as soon as the honest
 * nodes that have signed for it and all the liars are a quorum.
 */
final class Testimony {
  private record Claim(long sequence, Hash hash) {}

  /** Where two statements of one node must not differ. */
  private record Place(String node, String kind, long epoch, long number) {}

  /** What one incarnation of a node was told. */
  private record Ear(String node, long incarnation) {}

  private final KeyRing ring;
  private final IntSupplier quorum;
  private final Predicate<String> lies;
  private final int liars;
  private final Map<Claim, Set<String>> attested = new HashMap<>();
  private final Map<String, Map<Long, Hash>> byNode = new TreeMap<>();
  private final Map<Long, Hash> certified = new HashMap<>();
  private final Map<Place, List<Signed<?>>> said = new HashMap<>();
  private final Map<Ear, Map<Place, List<Signed<?>>>> heard = new HashMap<>();
  private final Map<String, Set<Ear>> caught = new TreeMap<>();
  private final Set<String> equivocated = new TreeSet<>();

  /**
   * @param quorum how many attestations make a receipt
   */
  Testimony(KeyRing ring, IntSupplier quorum, Predicate<String> lies) {
    this.ring = ring;
    this.quorum = quorum;
    this.lies = lies;
    this.liars = (int) ring.nodes().stream().filter(lies).count();
  }

  /** Sequences of which a receipt could be put together. */
  int certified() {
    return certified.size();
  }

  /** Nodes that have signed two things of which one is a lie, and both came to honest nodes. */
  Set<String> equivocated() {
    return equivocated;
  }

  /** Those of them of whom one honest node, that is still the same process, was told both. */
  Set<String> caught(Predicate<String> sameProcess) {
    Set<String> surely = new TreeSet<>();
    caught.forEach(
        (liar, ears) -> {
          if (ears.stream()
              .anyMatch(ear -> sameProcess.test(ear.node() + "#" + ear.incarnation()))) {
            surely.add(liar);
          }
        });
    return surely;
  }

  /** What an honest node has attested, by sequence. */
  Map<Long, Hash> of(String node) {
    return byNode.getOrDefault(node, Map.of());
  }

  /** A node has signed for an entry. */
  void attested(String node, long sequence, Hash hash) {
    if (lies.test(node) || !ring.has(node)) {
      return;
    }
    Hash before = byNode.computeIfAbsent(node, n -> new TreeMap<>()).putIfAbsent(sequence, hash);
    if (before != null && !before.equals(hash)) {
      throw new Violation("12", node + " has attested two entries at " + sequence);
    }
    Set<String> signers =
        attested.computeIfAbsent(new Claim(sequence, hash), claim -> new HashSet<>());
    if (signers.add(node) && signers.size() + liars >= quorum.getAsInt()) {
      Hash other = certified.putIfAbsent(sequence, hash);
      if (other != null && !other.equals(hash)) {
        throw new Violation(
            "12",
            "two receipts of entry %d could be put together: honest are %s and %s"
                .formatted(sequence, attested.get(new Claim(sequence, other)), signers));
      }
    }
  }

  /** An honest node has given somebody a receipt. */
  void given(String by, Receipt receipt) {
    Receipt.Verdict verdict = receipt.verify(ring);
    if (!verdict.holds() && !lies.test(by)) {
      throw new Violation("12", by + " has given a receipt that is none: " + verdict);
    }
    verdict.attested().forEach(node -> attested(node, receipt.sequence(), receipt.hash()));
  }

  /** A statement has come to an honest node. */
  void heard(SimNode by, Signed<?> statement) {
    for (Place place : places(statement.statement())) {
      contradiction(said, place, statement).forEach(liar -> equivocated.add(liar));
      Ear ear = new Ear(by.id(), by.incarnation());
      contradiction(heard.computeIfAbsent(ear, e -> new HashMap<>()), place, statement)
          .forEach(liar -> caught.computeIfAbsent(liar, l -> new HashSet<>()).add(ear));
    }
  }

  /** Keeps a statement; names its node if that has signed it and another that contradicts it. */
  private Set<String> contradiction(
      Map<Place, List<Signed<?>>> kept, Place place, Signed<?> statement) {
    List<Signed<?>> there = kept.computeIfAbsent(place, p -> new ArrayList<>());
    if (there.contains(statement)) {
      return Set.of();
    }
    boolean proof = false;
    for (Signed<?> one : there) {
      proof |= Equivocation.of(one, statement).filter(found -> found.holds(ring)).isPresent();
    }
    there.add(statement);
    if (proof && !lies.test(place.node())) {
      throw new Violation("12", place.node() + " is honest and has signed a contradiction");
    }
    return proof ? Set.of(place.node()) : Set.of();
  }

  private static List<Place> places(Statement statement) {
    return switch (statement) {
      case Head head ->
          List.of(
              new Place(head.node(), "number", head.epoch(), head.number()),
              new Place(head.node(), "sequence", head.epoch(), head.sequence()));
      case Attestation said -> List.of(new Place(said.node(), "attested", 0, said.sequence()));
    };
  }
}
