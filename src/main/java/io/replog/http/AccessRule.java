package io.replog.http;

import io.micronaut.context.annotation.Requires;
import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MediaType;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.rules.SecurityRule;
import io.micronaut.security.rules.SecurityRuleResult;
import io.micronaut.web.router.RouteAttributes;
import io.micronaut.web.router.RouteInfo;
import io.micronaut.web.router.RouteMatch;
import io.micronaut.web.router.UriRouteInfo;
import io.replog.http.AccessTable.Need;
import io.replog.trust.Role;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * Judges by the route that the framework has found, never by the text of the path: a path written
 * in another way is either the same route or none.
 */
@Singleton
@Requires(beans = Access.class)
final class AccessRule implements SecurityRule<HttpRequest<?>> {
  /** What a node is called among the roles. */
  static final String NODE = "node";

  private static final String PROMETHEUS = "/prometheus";

  private final Access access;

  AccessRule(Access access) {
    this.access = access;
  }

  /** The only one that counts. */
  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }

  @Override
  public Publisher<SecurityRuleResult> check(
      @Nullable HttpRequest<?> request, @Nullable Authentication who) {
    return Publishers.just(
        request != null && allowed(request, who)
            ? SecurityRuleResult.ALLOWED
            : SecurityRuleResult.REJECTED);
  }

  private boolean allowed(HttpRequest<?> request, @Nullable Authentication who) {
    RouteMatch<?> match = RouteAttributes.getRouteMatch(request).orElse(null);
    if (match == null) {
      return true;
    }
    Need need = need(match.getRouteInfo(), request).orElse(null);
    if (need == null) {
      return false;
    }
    if (who != null && who.getRoles().contains(NODE)) {
      return AccessTable.allowsNode(need);
    }
    if (access.tokens() == null && need != Need.JOIN && need != Need.NODE) {
      return true;
    }
    return AccessTable.allows(need, role(who));
  }

  /** What a request needs here; nothing if its route has no line in the table. */
  Optional<Need> need(RouteInfo<?> route, HttpRequest<?> request) {
    if (!(route instanceof UriRouteInfo<?, ?> of)) {
      return Optional.empty();
    }
    String path = of.getUriMatchTemplate().toPathString();
    if (path.equals(PROMETHEUS) && access.openMetrics()) {
      return Optional.of(Need.OPEN);
    }
    return AccessTable.need(
        of.getHttpMethodName(),
        path,
        request.getContentType().map(MediaType::getName).orElse(null));
  }

  private static @Nullable Role role(@Nullable Authentication who) {
    return who == null
        ? null
        : who.getRoles().stream().flatMap(name -> Role.of(name).stream()).findFirst().orElse(null);
  }
}
