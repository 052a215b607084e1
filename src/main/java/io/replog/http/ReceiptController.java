package io.replog.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.replog.http.Problem.Kind;
import io.replog.node.Node;
import io.replog.node.Node.Receipting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The receipt of an entry: what shows, without any node, that a quorum has signed for it. */
@Controller
final class ReceiptController {
  private static final String TIMEOUT = "timeoutMs";
  private static final long DEFAULT_TIMEOUT_MILLIS = 5_000;
  private static final long LONGEST_TIMEOUT_MILLIS = 60_000;

  private final Node node;

  ReceiptController(Node node) {
    this.node = node;
  }

  @Get("/messages/{sequence}/receipt")
  CompletableFuture<HttpResponse<?>> receipt(
      HttpRequest<?> request, @PathVariable String sequence) {
    QueryParameters query = QueryParameters.of(request, List.of(TIMEOUT));
    long wanted = QueryParameters.parse("a sequence", sequence, 1, Long.MAX_VALUE);
    Duration patience =
        Duration.ofMillis(query.whole(TIMEOUT, 0, LONGEST_TIMEOUT_MILLIS, DEFAULT_TIMEOUT_MILLIS));
    PendingAnswer pending = new PendingAnswer(ClientConnection.of(request));
    pending.hold(
        node.receipt(wanted, patience, outcome -> pending.answer(() -> response(outcome, wanted))));
    return pending.response();
  }

  private static HttpResponse<?> response(Receipting outcome, long sequence) {
    return switch (outcome) {
      case Receipting.Given given -> HttpResponse.ok(Json.bytes(given.receipt()::write));
      case Receipting.NoEvidence(String why) ->
          Problem.invalid("there are no receipts: " + why).response();
      case Receipting.NotFound(long last) ->
          Problem.notFound("there is no entry %d; the last is %d".formatted(sequence, last))
              .with("last", last)
              .response();
      case Receipting.NotCommitted(long committed) ->
          new Problem(
                  Kind.NOT_COMMITTED,
                  "entry %d is not committed yet; %d is".formatted(sequence, committed))
              .with("committed", committed)
              .response();
      case Receipting.Trimmed(long first) -> Problem.trimmed(sequence, first).response();
      case Receipting.NoQuorum(int needed, int signed, List<String> missing) ->
          new Problem(
                  Kind.NOT_CERTIFIED,
                  "%d nodes have to sign for entry %d, %d did in time"
                      .formatted(needed, sequence, signed))
              .with("needed", needed)
              .with("signed", signed)
              .with("missing", missing)
              .response();
      case Receipting.Overloaded(int limit) ->
          new Problem(Kind.OVERLOADED, limit + " receipts are waited for, as many as may")
              .with("limit", limit)
              .response();
      case Receipting.NotMaster(var active) -> Problem.notMaster(active).response();
    };
  }
}
