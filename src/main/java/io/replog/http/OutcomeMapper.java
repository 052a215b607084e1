package io.replog.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.replog.core.AppendOutcome;
import io.replog.core.AppendOutcome.Appended;
import io.replog.core.AppendOutcome.Injected;
import io.replog.core.AppendOutcome.Refused;
import io.replog.core.AppendOutcome.Unknown;
import io.replog.core.Refusal.DiskFailed;
import io.replog.core.Refusal.DiskFull;
import io.replog.core.Refusal.KeyReused;
import io.replog.core.Refusal.NoEvidence;
import io.replog.core.Refusal.NoQuorum;
import io.replog.core.Refusal.NotActive;
import io.replog.core.Refusal.NotMaster;
import io.replog.core.Refusal.Overloaded;
import io.replog.core.Refusal.SequenceMismatch;
import io.replog.core.Refusal.TooManyCopies;
import io.replog.core.Refusal.TooMuchAtOnce;
import io.replog.http.Problem.Kind;
import java.util.function.Function;

/** The one place that says which status an append's outcome has. */
final class OutcomeMapper {
  static final String REPLAYED = "Idempotent-Replayed";

  private OutcomeMapper() {}

  /**
   * The response to an append.
   *
   * @param body makes the body of one that is in the log
   */
  static MutableHttpResponse<?> response(AppendOutcome outcome, Function<Appended, Object> body) {
    return switch (outcome) {
      case Appended appended -> appended(appended, body.apply(appended));
      case Unknown(long sequence, long epoch) ->
          new Problem(
                  Kind.UNKNOWN_OUTCOME,
                  "this node lost its role while the append waited; ask again with the same key")
              .with("sequence", sequence)
              .with("epoch", epoch)
              .response();
      case Injected(boolean appended) ->
          new Problem(
                  Kind.INJECTED_FAULT,
                  appended
                      ? "failed after the append, as asked"
                      : "failed before the append, as asked")
              .with("appended", appended)
              .response();
      case Refused(NotMaster(var active)) -> Problem.notMaster(active).response();
      case Refused(NotActive(String why)) -> new Problem(Kind.NOT_ACTIVE, why).response();
      case Refused(NoQuorum(int needed, int available)) ->
          Problem.noQuorum(needed, available).response();
      case Refused(Overloaded(int limit)) -> Problem.overloaded(limit).response();
      case Refused(TooMuchAtOnce(long limit)) -> Problem.tooMuchAtOnce(limit).response();
      case Refused(DiskFull(String detail)) -> new Problem(Kind.DISK_FULL, detail).response();
      case Refused(DiskFailed(String detail)) -> new Problem(Kind.DISK_FAILED, detail).response();
      case Refused(SequenceMismatch(long expected, long next)) ->
          new Problem(
                  Kind.SEQUENCE_MISMATCH, "sequence %d is next, not %d".formatted(next, expected))
              .with("expectedSequence", expected)
              .with("nextSequence", next)
              .response();
      case Refused(KeyReused(String key, long sequence)) ->
          new Problem(
                  Kind.KEY_REUSED, "this key is that of another message, at sequence " + sequence)
              .with("key", key)
              .with("sequence", sequence)
              .response();
      case Refused(TooManyCopies(int asked, int declared)) ->
          new Problem(
                  Kind.INVALID_REQUEST,
                  "\"w\" is %d, but there are %d copies; allowed are 1 to %d, \"majority\" and \"all\""
                      .formatted(asked, declared, declared))
              .with("w", asked)
              .with("copies", declared)
              .response();
      case Refused(NoEvidence(String why)) ->
          Problem.invalid("\"w\" is \"certified\", but " + why).response();
    };
  }

  private static MutableHttpResponse<?> appended(Appended appended, Object body) {
    MutableHttpResponse<Object> response =
        HttpResponse.status(appended.satisfied() ? HttpStatus.CREATED : HttpStatus.ACCEPTED);
    response.header(HttpHeaders.LOCATION, "/messages/" + appended.firstSequence());
    if (appended.replayed()) {
      response.header(REPLAYED, "true");
    }
    return response.contentType(io.micronaut.http.MediaType.APPLICATION_JSON_TYPE).body(body);
  }
}
