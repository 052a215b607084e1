package io.replog.http;

import io.micronaut.context.annotation.Requires;
import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.filters.AuthenticationFetcher;
import io.replog.trust.ClusterSecret;
import io.replog.trust.Tokens;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** Who sends a request: the holder of a bearer token, or a node that signed with the secret. */
@Singleton
@Requires(beans = Access.class)
final class Credentials implements AuthenticationFetcher<HttpRequest<?>> {
  static final String BEARER = "Bearer";

  private static final String WHY = "replog.refused-because";
  private static final String NOBODY = "";

  private final Access access;

  Credentials(Access access) {
    this.access = access;
  }

  @Override
  public Publisher<Authentication> fetchAuthentication(HttpRequest<?> request) {
    Authentication who = of(request);
    return who == null ? Publishers.empty() : Publishers.just(who);
  }

  private @Nullable Authentication of(HttpRequest<?> request) {
    List<String> given = request.getHeaders().getAll(HttpHeaders.AUTHORIZATION);
    if (given.isEmpty()) {
      return null;
    }
    String first = given.getFirst();
    int space = first.indexOf(' ');
    String scheme = space < 0 ? first : first.substring(0, space);
    if (given.size() > 1) {
      return refused(request, "there is more than one Authorization header");
    }
    if (scheme.equalsIgnoreCase(BEARER)) {
      return holder(request, space < 0 ? NOBODY : first.substring(space + 1).strip());
    }
    if (scheme.equals(ClusterSecret.SCHEME)) {
      return node(request, first);
    }
    return refused(request, "the scheme must be " + BEARER);
  }

  private @Nullable Authentication holder(HttpRequest<?> request, String token) {
    Supplier<Tokens> tokens = access.tokens();
    Tokens.Holder holder = tokens == null ? null : tokens.get().holder(token);
    return holder == null
        ? refused(request, "this token is not known here")
        : Authentication.build(holder.name(), List.of(holder.role().text()), Map.of());
  }

  private @Nullable Authentication node(HttpRequest<?> request, String authorization) {
    return switch (access
        .secret()
        .check(authorization, request.getMethodName(), request.getPath())) {
      case ClusterSecret.Check.Known() ->
          Authentication.build(AccessRule.NODE, List.of(AccessRule.NODE), Map.of());
      case ClusterSecret.Check.Unknown(String why) -> refused(request, why);
    };
  }

  private static @Nullable Authentication refused(HttpRequest<?> request, String why) {
    request.setAttribute(WHY, why);
    return null;
  }

  /** Why what was given was not believed; null where nothing was given, or it was. */
  static @Nullable String whyNot(HttpRequest<?> request) {
    return request.getAttribute(WHY, String.class).orElse(null);
  }
}
