package io.replog.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.replog.cli.OtherCopy.Verdict;
import io.replog.core.Configuration;
import io.replog.core.NodeRole;
import io.replog.core.NodeState;
import io.replog.core.Seat;
import io.replog.storage.LostTail;
import io.replog.storage.StoredCopy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code recover} says before it does anything: what the copy holds, how others compare, what
 * may be lost, and what speaks against it.
 *
 * @param named the nodes that the operator named: these must answer
 * @param evenIfBehind whether another copy may be better
 */
record RecoverReport(
    Path directory, StoredCopy copy, List<OtherCopy> others, Set<URI> named, boolean evenIfBehind) {

  /** Why this copy must not be taken; empty if nothing is known against it. */
  List<String> refusals() {
    List<String> refusals = new ArrayList<>();
    for (OtherCopy other : others) {
      boolean asked = named.contains(other.url());
      boolean against =
          switch (other.standing()) {
            case LEADS -> true;
            case MAYBE_BETTER -> !evenIfBehind;
            case UNKNOWN, FOREIGN -> asked && !evenIfBehind;
            case NOT_BETTER -> false;
          };
      if (against) {
        refusals.add(
            "%s %s%s"
                .formatted(
                    other.node() == null ? other.url() : other.node() + " at " + other.url(),
                    other.says(),
                    other.standing() == Verdict.LEADS
                        ? "; there is nothing to force"
                        : "; recover the best copy, or give --even-if-behind"));
      }
    }
    return refusals;
  }

  /** The highest epoch that a node of this cluster told of, the last entry's at least. */
  long knownEpoch() {
    long known = copy.lastEpoch();
    for (OtherCopy other : others) {
      Long epoch = other.epoch();
      if (epoch != null && other.standing() != Verdict.FOREIGN) {
        known = Math.max(known, epoch);
      }
    }
    return known;
  }

  /** What cannot be had from this copy, a sentence each. */
  List<String> mayBeLost() {
    List<String> lost = new ArrayList<>();
    long last = copy.lastSequence();
    long committed = copy.mark().committedSequence();
    if (committed > last) {
      lost.add(
          "entries %d to %d were committed and are not in this copy: they are lost for certain"
              .formatted(last + 1, committed));
    }
    LostTail tail = copy.lost();
    if (tail != null) {
      lost.add("this copy has lost a tail that it had called durable: " + tail.cause());
    }
    lost.add(
        "every entry above %d that another copy has, whatever it was answered with"
            .formatted(last));
    if (copy.state().logEpoch() == 0) {
      lost.add(
          "this copy was never wholly synced with a master, so it may also have entries that were"
              + " never committed");
    }
    return lost;
  }

  private List<Seat> seats() {
    return copy.state().membership().inForce().stream()
        .flatMap(configuration -> configuration.seats().stream())
        .distinct()
        .toList();
  }

  void print(PrintWriter out) {
    NodeState state = copy.state();
    out.printf(
        "%s holds a copy of cluster %s: node %s, a %s, store %s%n",
        directory, state.clusterId(), state.node(), word(copy.role()), state.store());
    line(out, "last sequence", "%d (epoch %d)".formatted(copy.lastSequence(), copy.lastEpoch()));
    line(out, "durable", "up to " + copy.mark().durableSequence());
    line(out, "committed", "up to %d at least".formatted(copy.mark().committedSequence()));
    line(
        out,
        "epochs",
        "promised %d to store %s, log %d, incumbent %d"
            .formatted(
                state.promisedEpoch(),
                text(state.promisedTo()),
                state.logEpoch(),
                state.incumbentEpoch()));
    line(out, "configuration", text(state.membership().committed()));
    Configuration proposed = state.membership().proposed();
    if (proposed != null) {
      line(out, "proposed", text(proposed));
    }
    out.println("Other copies:");
    for (OtherCopy other : others) {
      String node = other.node();
      out.printf("  %s %s%s%n", other.url(), node == null ? "" : node + " ", other.says());
    }
    if (others.isEmpty()) {
      out.println("  none was asked: the configuration names none, and there is no --url");
    }
    out.println("May be lost:");
    mayBeLost().forEach(what -> out.println("  " + what));
    out.printf("Seats that are dropped: %s%n", names(seats()));
  }

  private static void line(PrintWriter out, String what, String value) {
    out.printf("  %-14s %s%n", what, value);
  }

  void printDone(PrintWriter out, NodeState forced) {
    Configuration configuration = forced.membership().committed();
    out.printf(
        """
        Forced: configuration version %d of epoch %d, without seats.
        The copy is now the master %s, store %s. Start it with
          ./replog master --data %s
        and the other options of your masters. It leads alone, and until secondaries have joined it
        its copy is the only one: w=majority and w=all mean this master.
        Secondaries may be started with their old directories; format those anew that are DIVERGED
        then. Recover no second copy.
        """,
        configuration.version(),
        configuration.epoch(),
        forced.node(),
        forced.store(),
        ThisProgram.quoted(List.of(directory.toString())));
  }

  /**
   * The same for a program.
   *
   * @param forced the new state, null if nothing was changed
   */
  String json(boolean accepted, @Nullable NodeState forced) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("directory", directory.toString());
      json.writeBooleanField("accepted", accepted);
      json.writeBooleanField("recovered", forced != null);
      json.writeObjectFieldStart("copy");
      state(json, copy.state());
      json.writeNumberField("lastSequence", copy.lastSequence());
      json.writeNumberField("lastEpoch", copy.lastEpoch());
      json.writeStringField("lastHash", String.valueOf(copy.lastHash()));
      json.writeNumberField("durableSequence", copy.mark().durableSequence());
      json.writeNumberField("committedSequence", copy.mark().committedSequence());
      json.writeEndObject();
      json.writeArrayFieldStart("others");
      for (OtherCopy other : others) {
        other(json, other);
      }
      json.writeEndArray();
      strings(json, "mayBeLost", mayBeLost());
      strings(json, "droppedSeats", seats().stream().map(Seat::node).distinct().toList());
      strings(json, "refusals", refusals());
      if (forced != null) {
        json.writeObjectFieldStart("forced");
        state(json, forced);
        json.writeEndObject();
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("JSON into memory", e);
    }
    return text.toString();
  }

  private void state(JsonGenerator json, NodeState state) throws IOException {
    NodeRole role = state.role();
    json.writeStringField("node", state.node());
    json.writeStringField("role", (role == null ? copy.role() : role).name());
    json.writeStringField("store", state.store().toString());
    json.writeStringField("clusterId", String.valueOf(state.clusterId()));
    json.writeNumberField("promisedEpoch", state.promisedEpoch());
    json.writeNumberField("logEpoch", state.logEpoch());
    json.writeNumberField("incumbentEpoch", state.incumbentEpoch());
    json.writeFieldName("configuration");
    configuration(json, state.membership().committed());
    Configuration proposed = state.membership().proposed();
    json.writeFieldName("proposed");
    if (proposed == null) {
      json.writeNull();
    } else {
      configuration(json, proposed);
    }
  }

  private static void configuration(JsonGenerator json, Configuration configuration)
      throws IOException {
    json.writeStartObject();
    json.writeNumberField("epoch", configuration.epoch());
    json.writeNumberField("version", configuration.version());
    json.writeArrayFieldStart("seats");
    for (Seat seat : configuration.seats()) {
      UUID store = seat.store();
      json.writeStartObject();
      json.writeStringField("node", seat.node());
      json.writeStringField("store", store == null ? null : store.toString());
      json.writeStringField("url", seat.url());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void other(JsonGenerator json, OtherCopy other) throws IOException {
    json.writeStartObject();
    json.writeStringField("url", other.url().toString());
    json.writeStringField("node", other.node());
    number(json, "lastSequence", other.lastSequence());
    number(json, "committedSequence", other.committedSequence());
    number(json, "epoch", other.epoch());
    json.writeStringField("verdict", other.standing().name());
    json.writeStringField("says", other.says());
    json.writeEndObject();
  }

  private static void number(JsonGenerator json, String name, @Nullable Long value)
      throws IOException {
    if (value == null) {
      json.writeNullField(name);
    } else {
      json.writeNumberField(name, value);
    }
  }

  private static void strings(JsonGenerator json, String name, List<String> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  private static String text(Configuration configuration) {
    return "version %d of epoch %d: %s"
        .formatted(configuration.version(), configuration.epoch(), names(configuration.seats()));
  }

  private static String names(List<Seat> seats) {
    return seats.isEmpty()
        ? "no seats"
        : seats.stream()
            .map(seat -> seat.node() + (seat.store() == null ? " (vacant)" : ""))
            .distinct()
            .collect(Collectors.joining(", "));
  }

  private static String text(@Nullable UUID store) {
    return store == null ? "-" : store.toString();
  }

  private static String word(NodeRole role) {
    return role.name().toLowerCase(Locale.ROOT);
  }
}
