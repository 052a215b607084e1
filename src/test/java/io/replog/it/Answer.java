package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * An answer of a node.
 *
 * @param took from the request's first byte to the answer's last
 */
record Answer(HttpResponse<String> response, Duration took) {
  int status() {
    return response.statusCode();
  }

  Optional<String> header(String name) {
    return response.headers().firstValue(name);
  }

  String body() {
    return response.body();
  }

  Json json() {
    return Json.parse(response.body());
  }

  /** Fails unless the status is this one. */
  Answer expect(int status) {
    assertThat(status()).as("status of %s", this).isEqualTo(status);
    return this;
  }

  /** Fails unless it is this problem, in the form that RFC 9457 gives to problems. */
  Json expectProblem(int status, String name) {
    expect(status);
    assertThat(header("Content-Type").orElse("none"))
        .as("media type of %s", this)
        .startsWith("application/problem+json");
    Json problem = json();
    assertThat(problem.text("type")).as("type of %s", this).isEqualTo("urn:replog:problem:" + name);
    assertThat(problem.number("status")).isEqualTo(status);
    assertThat(problem.text("title")).isNotBlank();
    assertThat(problem.text("detail")).isNotBlank();
    return problem;
  }

  /** The sequence of a message that is in the log, on enough copies (201) or not yet (202). */
  long sequence() {
    return json().number("sequence");
  }

  @Override
  public String toString() {
    return "%s %s -> %d %s"
        .formatted(response.request().method(), response.uri(), status(), Json.abbreviated(body()));
  }
}
