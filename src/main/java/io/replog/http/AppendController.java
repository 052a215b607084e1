package io.replog.http;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.replog.core.AppendOutcome;
import io.replog.core.AppendOutcome.Appended;
import io.replog.core.AppendRequest;
import io.replog.node.Node;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Appends. What waits for its write concern holds no thread, and is freed when its client goes. */
@Controller("/messages")
final class AppendController {
  private final Node node;
  private final AppendDefaults defaults;
  private final RequestBody bodies;
  private final ListAnswers lists;

  AppendController(Node node, HttpSettings settings, RequestBody bodies, ListAnswers lists) {
    this.node = node;
    this.defaults = settings.appends();
    this.bodies = bodies;
    this.lists = lists;
  }

  @Post
  @Consumes(MediaType.ALL)
  @Produces(MediaType.ALL)
  CompletableFuture<HttpResponse<?>> append(ServerHttpRequest<?> request) {
    QueryParameters.of(request, List.of());
    String key = AppendHeaders.key(request.getHeaders());
    boolean wholeList = AppendHeaders.wantsRepresentation(request.getHeaders());
    ClientConnection connection = ClientConnection.of(request);
    return bodies
        .json(request, AppendBodyReader::read)
        .thenCompose(body -> append(body, key, wholeList, connection));
  }

  private CompletableFuture<HttpResponse<?>> append(
      AppendBody body, @Nullable String key, boolean wholeList, ClientConnection connection) {
    AppendRequest append = body.request(defaults, key);
    PendingAnswer pending = new PendingAnswer(connection);
    pending.hold(node.append(append, outcome -> answer(pending, outcome, wholeList)));
    return pending.response();
  }

  private void answer(PendingAnswer pending, AppendOutcome outcome, boolean wholeList) {
    if (wholeList && outcome instanceof Appended appended) {
      pending.follow(() -> withList(appended));
    } else {
      pending.answer(
          () ->
              OutcomeMapper.response(
                  outcome, appended -> Json.bytes(json -> AppendedJson.write(json, appended))));
    }
  }

  private CompletableFuture<? extends HttpResponse<?>> withList(Appended appended) {
    long last = node.watermarks().lastSequence();
    ListChunks list = new ListChunks(node.log(), new ListForm.AfterAppend(appended), 1, last, last);
    return lists.of(
        OutcomeMapper.response(appended, a -> new byte[0])
            .header(AppendHeaders.PREFERENCE_APPLIED, AppendHeaders.REPRESENTATION),
        list);
  }
}
