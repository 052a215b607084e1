package io.replog.http;

import io.micronaut.context.BeanProvider;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.replog.core.AppendOutcome;
import io.replog.core.AppendOutcome.Appended;
import io.replog.core.AppendOutcome.Refused;
import io.replog.core.AppendRequest;
import io.replog.core.NodeRole;
import io.replog.core.Refusal;
import io.replog.node.Node;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Appends. What waits for its write concern holds no thread, and is freed when its client goes. */
@Controller("/messages")
final class AppendController {
  private final Node node;
  private final AppendDefaults defaults;
  private final RequestBody bodies;
  private final ListAnswers lists;
  private final AppendMetrics metrics;
  private final AppendTraces traces;

  private final BeanProvider<Forwarder> forwarder;

  AppendController(
      Node node,
      HttpSettings settings,
      RequestBody bodies,
      ListAnswers lists,
      AppendMetrics metrics,
      AppendTraces traces,
      BeanProvider<Forwarder> forwarder) {
    this.node = node;
    this.defaults = settings.appends();
    this.bodies = bodies;
    this.lists = lists;
    this.metrics = metrics;
    this.traces = traces;
    this.forwarder = forwarder;
  }

  @Post
  @Consumes(MediaType.ALL)
  @Produces(MediaType.ALL)
  CompletableFuture<HttpResponse<?>> append(ServerHttpRequest<?> request) {
    QueryParameters.of(request, List.of());
    HttpHeaders headers = request.getHeaders();
    String key = AppendHeaders.key(headers);
    ClientConnection connection = ClientConnection.of(request);
    return bodies
        .json(
            request,
            bytes ->
                new Received(
                    AppendBodyReader.read(bytes).request(defaults, key),
                    mayPassOn(headers) ? bytes : null))
        .thenCompose(received -> append(received, headers, connection));
  }

  /**
   * An append as it came in.
   *
   * @param toPassOn its body, null where it is not to be passed on to another node
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
  private record Received(AppendRequest append, byte @Nullable [] toPassOn) {}

  private boolean mayPassOn(HttpHeaders headers) {
    return node.role() == NodeRole.STANDBY && Forwarder.mayPassOn(headers);
  }

  private CompletableFuture<HttpResponse<?>> append(
      Received received, HttpHeaders headers, ClientConnection connection) {
    byte[] toPassOn = received.toPassOn();
    boolean wholeList = AppendHeaders.wantsRepresentation(headers);
    if (Forwarder.cutOff(headers, node.faults())) {
      return CompletableFuture.completedFuture(
          new Problem(Problem.Kind.NOT_ACTIVE, "this node is cut off from the one that passed on")
              .response());
    }
    PendingAnswer pending = new PendingAnswer(connection);
    AppendTraces.Traced trace = traces.begin(headers);
    // an append may wait for long: nothing that waits with it holds its messages
    int count = received.append().payloads().size();
    long size = received.append().size();
    long began = System.nanoTime();
    Consumer<AppendOutcome> answer =
        outcome -> {
          long took = System.nanoTime() - began;
          if (toPassOn != null
              && outcome instanceof Refused(Refusal.NotMaster(String active))
              && active != null) {
            pending.follow(() -> forwarder.get().passOn(active, headers, toPassOn, connection));
          } else if (wholeList && outcome instanceof Appended appended) {
            pending.follow(
                () -> {
                  metrics.answered(count, size, outcome, took);
                  traces.answered(trace, outcome);
                  return withList(appended, connection);
                });
          } else {
            pending.answer(
                () -> {
                  metrics.answered(count, size, outcome, took);
                  traces.answered(trace, outcome);
                  return OutcomeMapper.response(outcome, AppendController::json);
                });
          }
        };
    // behind whatever else the connection's event loop has read in this turn
    pending.hold(node.append(received.append(), answer, connection::execute));
    return pending.response();
  }

  private static byte[] json(Appended appended) {
    return Json.bytes(json -> AppendedJson.write(json, appended));
  }

  private CompletableFuture<? extends HttpResponse<?>> withList(
      Appended appended, ClientConnection connection) {
    long last = node.watermarks().lastSequence();
    ListForm form = new ListForm.AfterAppend(appended);
    return lists.of(
        OutcomeMapper.response(appended, a -> new byte[0])
            .header(AppendHeaders.PREFERENCE_APPLIED, AppendHeaders.REPRESENTATION),
        connection,
        share -> new ListChunks(node.log(), form, 1, last, last, share));
  }
}
