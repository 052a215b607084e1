package io.replog.cli.scenario;

import io.replog.client.Append;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Steps and what is expected of them, in words. */
final class StepText {
  private StepText() {}

  static String of(Step step) {
    return switch (step) {
      case Step.Say say -> say.headline();
      case Step.OnProcess process ->
          process.act().name().toLowerCase(java.util.Locale.ROOT)
              + " "
              + String.join(", ", process.nodes());
      case Step.Break fault -> String.join(", ", fault.nodes()) + " " + of(fault.fault());
      case Step.Heal heal ->
          "heal " + (heal.nodes().isEmpty() ? "all" : String.join(", ", heal.nodes()));
      case Step.Wait wait -> "wait " + Teller.seconds(wait.length());
      case Step.Post post -> "append " + body(post.append()) + " to " + post.to();
      case Step.Waits waits -> waits.name() + " still waits";
      case Step.Answered answered -> answered.name() + " is answered";
      case Step.Lists lists -> "read " + String.join(", ", lists.nodes());
      case Step.Status status -> "status of " + status.node();
      case Step.Equal equal -> "equal logs";
      case Step.Logged logged -> "log of " + logged.node();
      case Step.Write write -> "a client writes " + write.name();
      case Step.Written written -> "what was answered of " + written.name();
    };
  }

  static String of(Step.Fault fault) {
    return switch (fault) {
      case Step.Delay delay -> "takes " + Teller.seconds(delay.length()) + " to store a message";
      case Step.Errors errors ->
          "fails %s of what it is sent, %s"
              .formatted(
                  errors.share() == 1 ? "all" : errors.share(),
                  errors.after() ? "after it is stored" : "before it is stored");
      case Step.Drop drop -> "loses messages, a share of " + drop.share();
      case Step.DiskFull() -> "has a full disk";
      case Step.Partition partition ->
          "is cut off from "
              + (partition.from().isEmpty()
                  ? "all other nodes"
                  : String.join(", ", partition.from()));
    };
  }

  /** The body as it is sent, shortened to one line for people. */
  static String body(Append append) {
    List<String> members = new ArrayList<>();
    members.add(
        append.messages().size() == 1
            ? "\"message\":\"" + append.messages().getFirst() + "\""
            : append.messages().stream()
                .map(message -> "\"" + message + "\"")
                .collect(Collectors.joining(",", "\"messages\":[", "]")));
    if (append.w() != null) {
      members.add("\"w\":" + (append.w().matches("\\d+") ? append.w() : "\"" + append.w() + "\""));
    }
    if (append.journal() != null) {
      members.add("\"j\":" + append.journal());
    }
    if (append.timeout() != null) {
      members.add("\"timeoutMs\":" + append.timeout().toMillis());
    }
    return "{"
        + String.join(",", members)
        + "}"
        + (append.key() == null ? "" : " key " + append.key());
  }

  static String of(Expected expected) {
    List<String> words = new ArrayList<>();
    words.add(
        "status "
            + expected.statuses().stream()
                .map(status -> status == Outcome.NONE ? "none" : status.toString())
                .collect(Collectors.joining(" or ")));
    if (expected.problem() != null) {
      words.add("problem " + expected.problem());
    }
    if (expected.sequence() != null) {
      words.add("sequence " + expected.sequence());
    }
    if (expected.replayed() != null) {
      words.add(expected.replayed() ? "replayed" : "not replayed");
    }
    if (expected.copies() != null) {
      words.add(expected.copies() + " copies");
    }
    if (!expected.on().isEmpty()) {
      words.add("on " + String.join(", ", expected.on()));
    }
    if (expected.atLeast() != null) {
      words.add("after at least " + Teller.seconds(expected.atLeast()));
    }
    words.add("within " + Teller.seconds(expected.within()));
    return String.join(", ", words);
  }

  static String of(Step.Listed expected) {
    List<String> words = new ArrayList<>();
    if (expected.messages() != null) {
      words.add(expected.messages().toString());
    }
    if (expected.beginningOf() != null) {
      words.add("a beginning of " + expected.beginningOf());
    }
    if (!expected.contains().isEmpty()) {
      words.add("with " + expected.contains());
    }
    if (!expected.without().isEmpty()) {
      words.add("without " + expected.without());
    }
    return words.isEmpty() ? "a list" : String.join(", ", words);
  }

  static String facts(Map<String, String> facts) {
    return facts.entrySet().stream()
        .map(fact -> fact.getKey() + " " + fact.getValue())
        .collect(Collectors.joining(", "));
  }
}
