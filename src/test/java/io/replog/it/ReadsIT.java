package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every way to read, on the master and on secondaries, with a copy that comes late. */
class ReadsIT {
  private static final Duration SOON = Duration.ofSeconds(5);

  @RegisterExtension static final Processes processes = Processes.ofAllTests();

  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    cluster = TestCluster.with(processes).setting("REPLOG_FAULTS_ENABLED", "true").make().start();
    assertEmptyList(cluster.api());
    assertEmptyList(cluster.secondary(0).api());
    cluster
        .api()
        .append(Append.batch(List.of("a", "b", "", "d \u00e9 \ud83d\ude00 \"\n")))
        .expect(201);
  }

  private static void assertEmptyList(NodeApi api) {
    Json empty = api.get("/messages").expect(200).json();
    assertThat(empty.strings("messages")).isEmpty();
    assertThat(empty.number("from")).isEqualTo(1);
    assertThat(empty.number("next")).isEqualTo(1);
    assertThat(empty.number("last")).isZero();
    assertThat(empty.number("committed")).isZero();
  }

  @AfterEach
  void noFaultIsLeftAndAllNodesAreEqual() {
    for (TestNode node : cluster.nodes()) {
      node.api().delete("/faults").expect(204);
    }
    cluster.assertEqualLogs();
  }

  private static void delay(TestNode node, int ms) {
    assertThat(
            node.api()
                .put("/faults", "{\"delayMs\":" + ms + "}")
                .expect(200)
                .json()
                .number("delayMs"))
        .isEqualTo(ms);
  }

  private static long append(String message, int w) {
    return cluster.api().append(Append.of(message).w(w)).expect(201).sequence();
  }

  @Test
  void anAnswerSaysWhoHasTheMessageAndWhereItIs() {
    Answer answer =
        cluster
            .api()
            .send(
                "POST",
                "/messages",
                "application/json; charset=utf-8",
                "{\"msg\":\"\u00fc\",\"w\":3,\"j\":true}"
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                "Prefer",
                "return=representation")
            .expect(201);

    Json body = answer.json();
    long sequence = body.number("sequence");
    assertThat(answer.header("Location").orElse("")).endsWith("/messages/" + sequence);
    assertThat(body.number("epoch")).isEqualTo(1);
    assertThat(body.number("w")).isEqualTo(3);
    assertThat(body.truth("j")).isTrue();
    assertThat(body.truth("satisfied")).isTrue();
    assertThat(body.truth("committed")).isTrue();
    assertThat(body.list("copies").stream().map(copy -> copy.text("node")))
        .containsExactlyInAnyOrder("master-0", "secondary-0", "secondary-1");
    assertThat(body.strings("messages")).hasSize((int) sequence).endsWith("\u00fc");

    Json record = cluster.api().get("/messages/" + sequence).expect(200).json();
    assertThat(record.number("sequence")).isEqualTo(sequence);
    assertThat(record.text("message")).isEqualTo("\u00fc");
    assertThat(record.truth("committed")).isTrue();
    assertThat(record.list("copies")).hasSize(3);
    assertThat(record.list("timeline").stream().map(event -> event.text("event")))
        .contains("appended", "sent", "stored", "durable");
    Json onSecondary = cluster.secondary(0).api().get("/messages/" + sequence).expect(200).json();
    assertThat(onSecondary.text("hash")).isEqualTo(record.text("hash"));
  }

  @Test
  void aBatchIsContiguousAndKeepsItsOrder() {
    Json batch =
        cluster
            .api()
            .append(Append.batch(List.of("x1", "x2", "x3")).w("majority"))
            .expect(201)
            .json();

    long first = batch.number("firstSequence");
    assertThat(batch.number("lastSequence")).isEqualTo(first + 2);
    assertThat(batch.text("w")).isEqualTo("majority");
    Json page = cluster.api().get("/messages?from=" + first + "&limit=2").expect(200).json();
    assertThat(page.strings("messages")).containsExactly("x1", "x2");
    assertThat(page.number("from")).isEqualTo(first);
    assertThat(page.number("next")).isEqualTo(first + 2);
  }

  @Test
  void theSameKeyIsTheSameMessage() {
    Append append = Append.of("keyed").key("a key of reads").w(1);
    long sequence = cluster.api().append(append).expect(201).sequence();

    Answer again = cluster.api().append(append.w(3)).expect(201);

    assertThat(again.sequence()).isEqualTo(sequence);
    assertThat(again.header("Idempotent-Replayed")).hasValue("true");
    assertThat(again.json().list("copies")).hasSize(3);
    Json record = cluster.api().get("/messages/" + sequence).json();
    assertThat(record.text("key")).isEqualTo("a key of reads");
  }

  @Test
  void anAppendWhoseTimeIsOverIsInTheLogAndIsFollowedUpThere() {
    delay(cluster.secondary(1), 1500);

    Answer answer = cluster.api().append(Append.of("late copy").w(3).timeoutMs(200)).expect(202);

    assertThat(answer.took()).isBetween(Duration.ofMillis(190), Duration.ofMillis(1400));
    assertThat(answer.json().truth("satisfied")).isFalse();
    long sequence = answer.sequence();
    assertThat(durableCopies(answer.json())).contains("master-0").doesNotContain("secondary-1");
    Wait.untilAsserted(
        "the late copy is shown",
        SOON,
        () ->
            assertThat(durableCopies(cluster.api().get("/messages/" + sequence).json()))
                .containsExactlyInAnyOrder("master-0", "secondary-0", "secondary-1"));
  }

  private static List<String> durableCopies(Json message) {
    return message.list("copies").stream()
        .filter(copy -> copy.truth("durable"))
        .map(copy -> copy.text("node"))
        .toList();
  }

  @Test
  void aMajorityReadShowsNothingThatIsNotCommitted() {
    delay(cluster.secondary(0), 1500);
    delay(cluster.secondary(1), 1500);
    long sequence = append("not committed yet", 1);

    assertThat(cluster.api().messages()).endsWith("not committed yet");
    Json committed = cluster.api().get("/messages?concern=majority").expect(200).json();
    assertThat(committed.number("last")).isEqualTo(sequence - 1);
    assertThat(committed.strings("messages")).doesNotContain("not committed yet");
    assertThat(cluster.api().get("/messages/" + sequence).json().truth("committed")).isFalse();

    for (TestNode node : cluster.nodes()) {
      Wait.untilAsserted(
          "it is committed and seen so on " + node.id(),
          SOON,
          () ->
              assertThat(node.api().get("/messages?concern=majority").json().strings("messages"))
                  .endsWith("not committed yet"));
    }
  }

  @Test
  void aLinearizableReadSeesWhatWasAnsweredBefore() {
    for (int i = 0; i < 20; i++) {
      String message = "linearizable " + i;
      cluster.api().append(Append.of(message).w("majority")).expect(201);

      Json read = cluster.api().get("/messages?concern=linearizable").expect(200).json();

      assertThat(read.strings("messages")).endsWith(message);
    }
    cluster
        .secondary(0)
        .api()
        .get("/messages?concern=linearizable")
        .expectProblem(421, "not-master");
  }

  @Test
  void aReadBeyondTheEndIsEmptyAndALongPollWaitsForIt() throws Exception {
    NodeApi secondary = cluster.secondary(0).api();
    long next = cluster.api().lastSequence() + 1;
    assertThat(secondary.get("/messages?from=" + next).expect(200).json().strings("messages"))
        .isEmpty();
    Answer empty = secondary.get("/messages?wait=300&from=" + next).expect(200);
    assertThat(empty.json().strings("messages")).isEmpty();
    assertThat(empty.took()).isBetween(Duration.ofMillis(290), Duration.ofSeconds(2));

    CompletableFuture<Answer> poll =
        CompletableFuture.supplyAsync(() -> secondary.get("/messages?wait=20000&from=" + next));
    assertThat(cluster.api().lastSequence()).isEqualTo(next - 1);
    append("waited for", 3);

    Answer answer = poll.get(5, TimeUnit.SECONDS).expect(200);
    assertThat(answer.json().strings("messages")).containsExactly("waited for");
  }

  @Test
  void oneReadsHisOwnWriteOnAnyNode() {
    TestNode late = cluster.secondary(1);
    delay(late, 1000);
    long sequence = append("my own", 1);

    Json behind =
        late.api().get("/messages?wait=100&atLeast=" + sequence).expectProblem(503, "behind");
    assertThat(behind.number("last")).isEqualTo(sequence - 1);
    Answer answer = late.api().get("/messages?wait=10000&atLeast=" + sequence).expect(200);

    assertThat(answer.json().strings("messages")).endsWith("my own");
    assertThat(answer.took()).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void recordsComeOneALineAndTheirHashesAreTheSameOnEveryNode() {
    List<Json> records = cluster.api().records();

    for (TestNode node : cluster.nodes()) {
      Wait.untilAsserted(
          node.id() + " has the same records",
          SOON,
          () ->
              assertThat(node.api().records().stream().map(Json::toString))
                  .containsExactlyElementsOf(records.stream().map(Json::toString).toList()));
    }
    Json last = records.getLast();
    assertThat(last.text("hash")).matches("[0-9a-f]{64}");
    assertThat(last.number("epoch")).isEqualTo(1);
    assertThat(last.number("timestamp")).isGreaterThan(1_600_000_000_000L);
    assertThat(
            cluster.secondary(1).api().get("/hash/" + last.number("sequence")).json().text("hash"))
        .isEqualTo(last.text("hash"));
  }

  @Test
  void aTailGoesOnWhereItsReaderWas() throws Exception {
    NodeApi secondary = cluster.secondary(0).api();
    long last = cluster.api().lastSequence();
    try (EventStream tail = EventStream.open(secondary, "/messages")) {
      for (long i = 1; i <= last; i++) {
        assertThat(tail.next().id()).isEqualTo(Long.toString(i));
      }
      append("live 1", 3);
      EventStream.Event live = tail.next();
      assertThat(live.id()).isEqualTo(Long.toString(last + 1));
      assertThat(live.json().text("message")).isEqualTo("live 1");
      assertThat(live.json().text("hash")).matches("[0-9a-f]{64}");
    }
    append("live 2", 3);
    append("live 3", 3);

    String seen = Long.toString(last + 1);
    try (EventStream tail = EventStream.open(secondary, "/messages", "Last-Event-ID", seen)) {
      assertThat(tail.next().json().text("message")).isEqualTo("live 2");
      assertThat(tail.next().json().text("message")).isEqualTo("live 3");
      assertThat(tail.isSilentFor(Duration.ofMillis(300))).isTrue();
    }
    try (EventStream tail = EventStream.open(secondary, "/messages?from=" + (last + 3))) {
      assertThat(tail.next().json().text("message")).isEqualTo("live 3");
    }
  }

  @Test
  void everyChangeOfTheClusterIsAnEvent() throws Exception {
    try (EventStream events = EventStream.open(cluster.api(), "/cluster/events")) {
      assertThat(events.next().json().text("node")).isEqualTo("master-0");
      long sequence = append("a change", 3);
      Json document = events.next().json();
      while (document.number("committedSequence") < sequence) {
        document = events.next().json();
      }
      assertThat(document.list("nodes")).hasSize(2);
    }
  }

  @Test
  void theClusterDocumentSaysWhoIsWho() {
    Json onMaster = cluster.api().cluster();
    Json onSecondary = cluster.secondary(0).api().cluster();

    assertThat(onMaster.text("role")).isEqualTo("MASTER");
    assertThat(onMaster.text("mode")).isEqualTo("READ_WRITE");
    assertThat(onMaster.number("quorum", "copies")).isEqualTo(3);
    assertThat(onMaster.number("quorum", "majority")).isEqualTo(2);
    assertThat(onMaster.list("configuration", "seats")).hasSize(2);
    assertThat(onSecondary.text("role")).isEqualTo("SECONDARY");
    assertThat(onSecondary.text("mode")).isEqualTo("READ_ONLY");
    assertThat(onSecondary.text("modeReason")).isEqualTo("NOT_ACTIVE");
    assertThat(onSecondary.text("clusterId")).isEqualTo(onMaster.text("clusterId"));
    assertThat(onSecondary.text("active", "node")).isEqualTo("master-0");
    assertThat(onSecondary.text("active", "url")).isEqualTo(cluster.master().url().toString());
    assertThat(
            cluster.api().get("/secondaries").expect(200).json().list("secondaries").stream()
                .map(
                    node ->
                        node.text("id") + " " + node.text("status") + " " + node.truth("voting")))
        .containsExactlyInAnyOrder("secondary-0 HEALTHY true", "secondary-1 HEALTHY true");
  }

  @Test
  void faultsAreThoseThatWerePutTheOthersAsStarted() {
    NodeApi node = cluster.secondary(0).api();
    Json put =
        node.put("/faults", "{\"errorRate\":0.25,\"errorPhase\":\"before\"}").expect(200).json();
    assertThat(put.fraction("errorRate")).isEqualTo(0.25);
    assertThat(put.number("delayMs")).isZero();

    Json other = node.put("/faults", "{\"delayMs\":5}").expect(200).json();
    assertThat(other.fraction("errorRate")).isZero();
    assertThat(node.get("/faults").expect(200).json().number("delayMs")).isEqualTo(5);

    node.delete("/faults").expect(204);
    assertThat(node.get("/faults").expect(200).json().number("delayMs")).isZero();
  }

  @Test
  void aNodeThatIsCutOffIsNoticedAndCatchesUp() {
    TestNode cutOff = cluster.secondary(1);
    cutOff.api().put("/faults", "{\"partitionedFrom\":[\"master-0\"]}").expect(200);
    Wait.until(
        "it is UNHEALTHY",
        Duration.ofSeconds(8),
        () -> cluster.api().status(cutOff.id()).equals("UNHEALTHY"));
    long sequence = append("without the one that is cut off", 2);
    assertThat(cutOff.api().lastSequence()).isLessThan(sequence);

    cutOff.api().delete("/faults").expect(204);

    Wait.until(
        "it has caught up", Duration.ofSeconds(10), () -> cutOff.api().lastSequence() == sequence);
    Wait.until("it is HEALTHY", SOON, () -> cluster.api().status(cutOff.id()).equals("HEALTHY"));
  }

  @Test
  void aClientThatGoesAwayFreesItsPlaceAndItsMessageStays() throws Exception {
    delay(cluster.secondary(1), 1000);
    long before = cluster.api().lastSequence();
    CompletableFuture<Answer> waiting = cluster.api().appendLater(Append.of("left alone").w(3));
    Wait.until("it has its place", SOON, () -> cluster.api().lastSequence() == before + 1);

    waiting.cancel(true);

    Wait.untilAsserted(
        "every node has it",
        SOON,
        () -> assertThat(cluster.secondary(1).api().messages()).endsWith("left alone"));
  }
}
