package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A long log on small heaps: its text is more than a node's whole heap of 128 MiB, so that no node
 * can hold it.
 *
 * <p>{@code -Dreplog.it.messages=1000000} for a million.
 */
@TestMethodOrder(OrderAnnotation.class)
class MillionMessagesIT {
  private static final int MESSAGES = Integer.getInteger("replog.it.messages", 100_000);
  private static final long ALL_TEXT = 160L << 20;
  private static final int BATCH = 1000;

  private static final String PADDING =
      "x".repeat((int) Math.max(100, ALL_TEXT / MESSAGES - "message 1000000 ".length()));

  @RegisterExtension static final Processes processes = Processes.ofAllTests();

  private static TestCluster cluster;

  @BeforeAll
  static void appendAll() {
    cluster = TestCluster.with(processes).jvm(ReplogProcess.AS_IN_PRODUCTION).make().start();
    long began = System.nanoTime();
    for (int first = 1; first <= MESSAGES; first += BATCH) {
      int last = Math.min(MESSAGES, first + BATCH - 1);
      List<String> batch =
          LongStream.rangeClosed(first, last).mapToObj(MillionMessagesIT::message).toList();
      Json appended = cluster.api().append(Append.batch(batch).w("all")).expect(201).json();
      assertThat(appended.number("lastSequence")).isEqualTo(last);
    }
    say("appended " + MESSAGES + " messages to 3 copies", began);
  }

  @Test
  @Order(1)
  void theWholeListIsStreamedWithAFlatHeap() throws IOException {
    for (TestNode node : cluster.nodes()) {
      long began = System.nanoTime();
      HttpResponse<InputStream> response = node.api().open("/messages");
      assertThat(response.statusCode()).isEqualTo(200);

      assertThat(countInOrder(response.body())).isEqualTo(MESSAGES);

      say("GET /messages of " + node.id(), began);
    }
    assertThat(cluster.nodes()).allSatisfy(node -> assertThat(node.process().isAlive()).isTrue());
  }

  @Test
  @Order(2)
  void severalSlowReadersAtOnceNeedNoMemoryEach() throws Exception {
    List<HttpResponse<InputStream>> readers =
        LongStream.range(0, 8).mapToObj(i -> cluster.api().open("/messages")).toList();
    for (HttpResponse<InputStream> reader : readers) {
      assertThat(reader.body().readNBytes(1000)).hasSize(1000); // and no more for now
    }

    cluster.api().append(Append.of("beside eight readers").w("all")).expect(201);
    assertThat(cluster.api().get("/messages?limit=1").expect(200).took())
        .isLessThan(Duration.ofSeconds(1));

    for (HttpResponse<InputStream> reader : readers) {
      reader.body().close();
    }
  }

  @Test
  @Order(3)
  void aPieceInTheMiddleIsThereInMilliseconds() {
    for (TestNode node : cluster.nodes()) {
      long[] micros = new long[21];
      for (int i = 0; i < micros.length; i++) {
        long from = MESSAGES / 2 + i * 37L;
        Answer answer = node.api().get("/messages?from=" + from + "&limit=10").expect(200);
        assertThat(answer.json().strings("messages"))
            .isEqualTo(
                LongStream.range(from, from + 10).mapToObj(MillionMessagesIT::message).toList());
        micros[i] = answer.took().toNanos() / 1000;
      }
      Arrays.sort(micros);
      System.out.printf(
          "10 messages in the middle of %s: median %d us, longest %d us%n",
          node.id(), micros[micros.length / 2], micros[micros.length - 1]);
      assertThat(micros[micros.length / 2]).as("median in us").isLessThan(50_000);
    }
  }

  @Test
  @Order(4)
  void aRestartTakesSeconds() {
    for (TestNode node : cluster.nodes()) {
      node.process().kill();
      long began = System.nanoTime();
      node.start();
      node.awaitReady();
      Duration took = say("restart of " + node.id(), began);
      assertThat(took).isLessThan(Duration.ofSeconds(20));
    }
    cluster.awaitWhole();
    cluster.assertEqualLogs();
  }

  @Test
  @Order(5)
  void aSecondaryWithANewDiskIsFedTheWholeLogAndVotesAgain() {
    TestNode secondary = cluster.secondary(1);
    String lostStore = store(secondary.id());
    secondary.process().stop();
    Processes.delete(secondary.data());
    long began = System.nanoTime();

    secondary.start();
    secondary.awaitLive();
    Wait.untilAsserted(
        "the new store of " + secondary.id() + " fills its seat",
        Duration.ofMinutes(3),
        () -> {
          assertThat(store(secondary.id())).isNotEqualTo(lostStore).isNotEqualTo("vacant");
          assertThat(cluster.api().secondary(secondary.id()).truth("voting")).isTrue();
        });
    secondary.awaitReady();
    say("catch-up of " + secondary.id() + " from an empty disk", began);
    cluster.awaitWhole();
    cluster.assertEqualLogs();
  }

  private static String store(String id) {
    return cluster.api().cluster().list("configuration", "seats").stream()
        .filter(seat -> seat.text("node").equals(id))
        .findFirst()
        .map(seat -> seat.has("store") ? seat.text("store") : "vacant")
        .orElse("vacant");
  }

  private static String message(long sequence) {
    return "message " + sequence + " " + PADDING;
  }

  /** Reads the list as it comes, keeping none of it. */
  private static long countInOrder(InputStream body) throws IOException {
    long count = 0;
    try (JsonParser json = Json.parser(body)) {
      while (json.nextToken() != JsonToken.START_ARRAY) {
        assertThat(json.currentToken()).isNotNull();
      }
      while (json.nextToken() != JsonToken.END_ARRAY) {
        count++;
        if (!json.getText().startsWith("message " + count + " ")) {
          throw new AssertionError("message " + count + " is " + json.getText().substring(0, 30));
        }
      }
      while (json.nextToken() != null) {
        assertThat(json.currentName()).isIn("from", "next", "last", "committed", null);
      }
    }
    return count;
  }

  private static Duration say(String what, long began) {
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.printf("%s: %.1f s%n", what, took.toMillis() / 1000.0);
    return took;
  }
}
