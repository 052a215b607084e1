package io.replog.cli.scenario;

import io.replog.client.Appended;
import io.replog.client.ClientException;
import io.replog.client.LostAnswerException;
import io.replog.client.ProblemException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of an append.
 *
 * @param appended null if it was refused, or nothing came back
 * @param failure null if it was appended
 */
record Outcome(Duration took, @Nullable Appended appended, @Nullable ClientException failure) {
  /** The status where there was no answer. */
  static final int NONE = 0;

  int status() {
    if (appended != null) {
      return appended.satisfied() ? 201 : 202;
    }
    return failure instanceof ProblemException refused ? refused.problem().status() : NONE;
  }

  /** The copies that count: on disk, or with {@code j: false} stored. */
  List<String> copies() {
    Appended answer = appended;
    return answer == null
        ? List.of()
        : answer.copies().stream()
            .filter(copy -> answer.journal() ? copy.durable() : copy.stored())
            .map(Appended.Copy::node)
            .toList();
  }

  /**
   * For people.
   *
   * @param base the last sequence before the play
   */
  String inWords(long base) {
    Appended answer = appended;
    String after = " after " + Teller.seconds(took);
    if (answer != null) {
      return "%d%s, sequence %d%s%s"
          .formatted(
              status(),
              after,
              answer.lastSequence() - base,
              copies().isEmpty()
                  ? ""
                  : (answer.journal() ? ", on disk at " : ", stored at ")
                      + String.join(", ", copies()),
              answer.replayed() ? ", the answer to the first try" : "");
    }
    return switch (failure) {
      case ProblemException refused ->
          refused.problem().status() + " " + refused.problem().name() + after;
      case LostAnswerException lost -> "no answer" + after + " (" + lost.getMessage() + ")";
      case null -> "nothing";
      default -> "no answer" + after + " (" + failure.getMessage() + ")";
    };
  }

  /** How it differs from what was expected, null if it does not. */
  @Nullable String against(Expected expected, List<String> on, long base) {
    if (!expected.statuses().contains(status())) {
      return "status " + words(expected.statuses());
    }
    if (expected.problem() != null
        && !(failure instanceof ProblemException refused
            && refused.problem().name().equals(expected.problem()))) {
      return "the problem " + expected.problem();
    }
    Appended answer = appended;
    if (expected.sequence() != null
        && (answer == null || answer.lastSequence() - base != expected.sequence())) {
      return "sequence " + expected.sequence();
    }
    if (expected.replayed() != null
        && (answer == null || answer.replayed() != expected.replayed())) {
      return expected.replayed() ? "the answer to the first try" : "no answer to an earlier try";
    }
    if (expected.copies() != null && copies().size() != expected.copies()) {
      return expected.copies() + " copies";
    }
    if (!copies().containsAll(on)) {
      return "copies at " + String.join(", ", on);
    }
    if (expected.atLeast() != null && took.compareTo(expected.atLeast()) < 0) {
      return "no answer before " + Teller.seconds(expected.atLeast());
    }
    return took.compareTo(expected.within()) > 0
        ? "an answer within " + Teller.seconds(expected.within())
        : null;
  }

  private static String words(List<Integer> statuses) {
    return String.join(
        " or ",
        statuses.stream().map(status -> status == NONE ? "none" : status.toString()).toList());
  }
}
