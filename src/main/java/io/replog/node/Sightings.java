package io.replog.node;

import io.replog.evidence.Attestation;
import io.replog.evidence.Equivocation;
import io.replog.evidence.Head;
import io.replog.evidence.Signed;
import io.replog.evidence.Statement;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest signed statements of every node, so that two that contradict each other are found.
 * Each node has its own room, so that one that says much makes nobody forget what another has said.
 */
final class Sightings {
  /** Kept of each node: so many heads, and so many attestations. */
  static final int KEPT = 4096;

  /** Where two statements of a node must not differ. */
  private sealed interface Place {
    record Numbered(long epoch, long number) implements Place {}

    record Reigned(long epoch, long sequence) implements Place {}

    record Attested(long sequence) implements Place {}
  }

  private record Shelf(String node, Class<?> kind) {}

  private static final class Newest extends LinkedHashMap<Place, Signed<?>> {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Place, Signed<?>> eldest) {
      return size() > KEPT;
    }
  }

  private final Map<Shelf, Newest> shelves = new HashMap<>();

  /** Whether this very statement is remembered, so that its signature need not be checked again. */
  boolean has(Signed<?> signed) {
    for (Place place : places(signed.statement())) {
      Newest shelf = shelves.get(shelf(signed.statement(), place));
      // the other place may have an earlier head, of the same sequence with another number
      if (shelf != null && signed.equals(shelf.get(place))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Remembers a statement.
   *
   * @param signed whose signature is good
   * @return the proof of a lie where an earlier one contradicts it, which stays remembered; else
   *     null
   */
  @Nullable Equivocation remember(Signed<?> signed) {
    for (Place place : places(signed.statement())) {
      Newest shelf =
          shelves.computeIfAbsent(shelf(signed.statement(), place), node -> new Newest());
      Signed<?> earlier = shelf.putIfAbsent(place, signed);
      Equivocation proof = earlier == null ? null : Equivocation.of(earlier, signed).orElse(null);
      if (proof != null) {
        return proof;
      }
    }
    return null;
  }

  private static Shelf shelf(Statement statement, Place place) {
    return new Shelf(statement.node(), place.getClass());
  }

  private static List<Place> places(Statement statement) {
    return switch (statement) {
      case Head head ->
          List.of(
              new Place.Numbered(head.epoch(), head.number()),
              new Place.Reigned(head.epoch(), head.sequence()));
      case Attestation said -> List.of(new Place.Attested(said.sequence()));
    };
  }
}
