package io.replog.cluster;

import io.micronaut.context.annotation.Requires;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.client.exceptions.HttpClientException;
import io.micronaut.http.client.exceptions.HttpClientResponseException;
import io.micronaut.scheduling.annotation.Scheduled;
import io.micronaut.serde.annotation.Serdeable;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A secondary that was told where a master is makes itself known there, and goes on trying until it
 * is in. Registering again is the same as once, so a call that failed is simply made again: at once
 * by {@link RegistrationCall}, then at the next turn.
 */
@Singleton
@Requires(beans = SelfRegistration.Target.class)
public final class SelfRegistration {
  private static final Logger LOG = LoggerFactory.getLogger(SelfRegistration.class);

  /**
   * Where to register, and whom.
   *
   * @param master base URL of the master
   * @param id this node's id
   * @param url where others reach this node
   * @param wanted whether it is not in now
   */
  public record Target(URI master, String id, URI url, BooleanSupplier wanted) {}

  /** Body of {@code POST /secondaries}. */
  @Serdeable
  record Registration(String id, String url) {}

  private final Target target;
  private final RegistrationCall call;
  private URI master;
  private String said = "";
  private volatile @Nullable String refusal;

  SelfRegistration(Target target, RegistrationCall call) {
    this.target = target;
    this.call = call;
    this.master = target.master();
  }

  /** One turn: does nothing while the node is in. */
  @Scheduled(fixedDelay = "1s")
  void register() {
    if (!target.wanted().getAsBoolean()) {
      return;
    }
    try {
      HttpStatus status = call.post(master, new Registration(target.id(), target.url().toString()));
      refusal = null;
      say("registered at " + master + " as " + target.id() + " (" + status.getCode() + ")");
    } catch (HttpClientResponseException e) {
      refused(e);
    } catch (HttpClientException e) {
      master = target.master();
      refusal = null;
      say("the master at " + master + " does not answer; trying again: " + e.getMessage());
    }
  }

  private void refused(HttpClientResponseException e) {
    Map<?, ?> problem = e.getResponse().getBody(Map.class).orElse(Map.of());
    Object active = problem.get("active");
    String why = "not registered at " + master + ": " + problem.get("detail");
    if (active instanceof String url) {
      master = URI.create(url);
      refusal = null;
      say(why);
      return;
    }
    master = target.master();
    boolean conflict = e.getStatus() == HttpStatus.CONFLICT;
    refusal = conflict ? why : null;
    if (conflict && !why.equals(said)) {
      said = why;
      LOG.warn("registration node={} url={} {}; trying again", target.id(), target.url(), why);
    } else {
      say(why);
    }
  }

  /** Why this node is not in the cluster though its master answers, null if that is not so. */
  public @Nullable String refusal() {
    return refusal;
  }

  /** The same thing is said once. */
  private void say(String what) {
    if (!what.equals(said)) {
      said = what;
      LOG.info("registration node={} {}", target.id(), what);
    }
  }
}
