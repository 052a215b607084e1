package io.replog.http;

import io.micronaut.http.HttpResponse;
import io.replog.core.ReadConcern;
import io.replog.http.Problem.Kind;
import io.replog.node.Node;
import io.replog.node.Node.ReadPermit;
import io.replog.node.Node.Watermarks;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Says when a read is answered, and up to where: asks for the permit that its concern needs, and
 * waits for what it wants to see, without a thread and without looking again and again.
 */
@Singleton
final class ReadGate {
  private final Node node;
  private final OpenAnswers open;

  ReadGate(Node node, OpenAnswers open) {
    this.node = node;
    this.open = open;
  }

  /**
   * How far an answer may go.
   *
   * @param last what its concern shows
   * @param committed the committed sequence
   * @param handFed what was fed to this node by hand, shown in the log's place; mostly empty
   */
  record Bounds(long last, long committed, List<String> handFed) {}

  /** Answers a read with what {@code answer} makes of its bounds, or with a problem. */
  CompletableFuture<HttpResponse<?>> read(
      ReadQuery query,
      ClientConnection connection,
      Function<Bounds, CompletableFuture<? extends HttpResponse<?>>> answer) {
    PendingAnswer pending = new PendingAnswer(connection);
    if (query.concern() != ReadConcern.LINEARIZABLE) {
      await(query, 0, connection, pending, answer);
      return pending.response();
    }
    node.linearizable(
        permit -> {
          switch (permit) {
            case ReadPermit.Granted(long committed) ->
                connection.execute(() -> await(query, committed, connection, pending, answer));
            case ReadPermit.NotMaster(var active) ->
                pending.answer(() -> Problem.notMaster(active).response());
            case ReadPermit.NoQuorum(int needed, int available) ->
                pending.answer(() -> Problem.noQuorum(needed, available).response());
          }
        });
    return pending.response();
  }

  private void await(
      ReadQuery query,
      long granted,
      ClientConnection connection,
      PendingAnswer pending,
      Function<Bounds, CompletableFuture<? extends HttpResponse<?>>> answer) {
    if (!query.patience().isZero() && !isThere(query, granted)) {
      Runnable finish = () -> finish(query, granted, pending, answer);
      pending.hold(
          node.onAdvance(
              () -> {
                if (isThere(query, granted)) {
                  connection.execute(finish);
                }
              }));
      pending.hold(connection.after(query.patience(), finish));
      pending.hold(open.add(() -> connection.execute(finish)));
      if (!isThere(query, granted)) {
        return;
      }
    }
    finish(query, granted, pending, answer);
  }

  private void finish(
      ReadQuery query,
      long granted,
      PendingAnswer pending,
      Function<Bounds, CompletableFuture<? extends HttpResponse<?>>> answer) {
    if (pending.isDecided()) {
      return;
    }
    Bounds bounds = bounds(query.concern(), granted);
    Long atLeast = query.atLeast();
    if (atLeast != null && bounds.last() < atLeast) {
      pending.answer(() -> behind(atLeast, bounds.last()).response());
    } else {
      pending.follow(() -> answer.apply(bounds));
    }
  }

  private boolean isThere(ReadQuery query, long granted) {
    Long atLeast = query.atLeast();
    return bounds(query.concern(), granted).last() >= (atLeast == null ? query.from() : atLeast);
  }

  private Bounds bounds(ReadConcern concern, long granted) {
    List<String> handFed = node.handFed();
    Watermarks marks = node.watermarks();
    long committed = Math.max(granted, marks.committedSequence());
    if (concern != ReadConcern.LOCAL) {
      return new Bounds(committed, committed, List.of());
    }
    return handFed.isEmpty()
        ? new Bounds(marks.lastSequence(), committed, handFed)
        : new Bounds(handFed.size(), committed, handFed);
  }

  private static Problem behind(long atLeast, long last) {
    return new Problem(Kind.BEHIND, "this node has up to %d, not up to %d".formatted(last, atLeast))
        .with("atLeast", atLeast)
        .with("last", last);
  }
}
