package io.replog.http;

import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.micronaut.security.authentication.AuthorizationException;
import io.micronaut.security.authentication.DefaultAuthorizationExceptionHandler;
import io.micronaut.web.router.RouteAttributes;
import io.replog.http.AccessTable.Need;
import io.replog.http.Problem.Kind;
import io.replog.trust.ClusterSecret;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Says 401 to whoever is not known, 403 to whoever may not. */
@Singleton
@Requires(beans = Access.class)
@Replaces(DefaultAuthorizationExceptionHandler.class)
@Produces("application/problem+json")
final class AccessProblems implements ExceptionHandler<AuthorizationException, HttpResponse<?>> {
  private final AccessRule rule;

  AccessProblems(AccessRule rule) {
    this.rule = rule;
  }

  @Override
  @SuppressWarnings("rawtypes")
  public HttpResponse<?> handle(HttpRequest request, AuthorizationException refused) {
    return response((HttpRequest<?>) request, refused.isForbidden());
  }

  private HttpResponse<?> response(HttpRequest<?> request, boolean known) {
    Need need =
        RouteAttributes.getRouteMatch(request)
            .flatMap(match -> rule.need(match.getRouteInfo(), request))
            .orElse(Need.OPERATE);
    MutableHttpResponse<byte[]> response =
        known
            ? new Problem(Kind.FORBIDDEN, "this needs: " + need.text())
                .with("needs", need.text())
                .response()
            : unauthenticated(request, need);
    // what is refused is not read: a body may have no end
    if (request.getMethod().permitsRequestBody()) {
      response.header(HttpHeaders.CONNECTION, "close");
    }
    return response;
  }

  private static MutableHttpResponse<byte[]> unauthenticated(HttpRequest<?> request, Need need) {
    Optional<String> why = Optional.ofNullable(Credentials.whyNot(request));
    String scheme = need == Need.NODE ? ClusterSecret.SCHEME : Credentials.BEARER;
    String challenge =
        scheme + " realm=\"replog\"" + (why.isPresent() ? ", error=\"invalid_token\"" : "");
    return new Problem(
            Kind.UNAUTHENTICATED, why.orElse("say who you are: Authorization: " + scheme + " ..."))
        .with("needs", need.text())
        .response()
        .header(HttpHeaders.WWW_AUTHENTICATE, challenge);
  }
}
