package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A secondary fed by hand shows what it does with entries that come in another order. */
class HandFedIT {
  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void aSecondaryShowsNoGapUntilAMasterComesAndTheHandMayWriteNoMore() {
    TestCluster cluster = TestCluster.with(processes).delaysMs(0).make();
    TestNode secondary = cluster.secondary(0);
    secondary.start();
    secondary.awaitLive();

    assertThat(feed(secondary, 1, "one")).isEqualTo(1);
    assertThat(feed(secondary, 2, "two")).isEqualTo(2);
    assertThat(feed(secondary, 4, "four")).isEqualTo(2);
    assertThat(secondary.api().messages()).containsExactly("one", "two");
    assertThat(feed(secondary, 5, "five")).isEqualTo(2);
    assertThat(feed(secondary, 2, "two")).isEqualTo(2); // again: stored once
    assertThat(feed(secondary, 3, "three")).isEqualTo(5);
    assertThat(secondary.api().messages()).containsExactly("one", "two", "three", "four", "five");
    assertThat(secondary.api().cluster().number("lastSequence")).isEqualTo(5);
    Json health = secondary.api().get("/health/readiness").json();
    assertThat(health.number("details", "cluster", "details", "lastSequence")).isEqualTo(5);
    refused(secondary, 2, "another");
    assertThat(feed(secondary, 9, "nine")).isEqualTo(5);
    refused(secondary, 9, "another");
    assertThat(feed(secondary, 9, "nine")).isEqualTo(5);
    assertThat(secondary.api().messages()).containsExactly("one", "two", "three", "four", "five");
    secondary
        .api()
        .post("/replicate", "{\"sequence\":0,\"message\":\"m\"}")
        .expectProblem(400, "invalid-request");
    secondary.api().post("/replicate", "{\"sequence\":6}").expectProblem(400, "invalid-request");

    cluster.master().start();
    cluster.awaitWhole();
    cluster.api().append(Append.of("of the master").w(2)).expect(201);

    assertThat(secondary.api().messages()).containsExactly("of the master");
    Answer refused = secondary.api().post("/replicate", "{\"sequence\":2,\"message\":\"by hand\"}");
    refused.expect(409);
    assertThat(refused.header("Content-Type").orElse("")).startsWith("application/problem+json");
    cluster.assertEqualLogs();
  }

  @Test
  void thereAreNoFaultsUnlessTheyAreEnabled() {
    TestCluster cluster = TestCluster.with(processes).delaysMs(0).make();
    TestNode secondary = cluster.secondary(0);
    secondary.start();
    secondary.awaitLive();

    secondary.api().get("/faults").expectProblem(404, "not-found");
    secondary.api().put("/faults", "{\"delayMs\":5}").expectProblem(404, "not-found");
  }

  private static long feed(TestNode secondary, long sequence, String message) {
    return post(secondary, sequence, message).expect(200).json().number("lastSequence");
  }

  private static void refused(TestNode secondary, long sequence, String message) {
    Json problem = post(secondary, sequence, message).expectProblem(409, "conflict");
    assertThat(problem.number("sequence")).isEqualTo(sequence);
  }

  private static Answer post(TestNode secondary, long sequence, String message) {
    String body =
        Json.object(
            out -> {
              out.writeNumberField("sequence", sequence);
              out.writeStringField("message", message);
            });
    return secondary.api().post("/replicate", body);
  }
}
