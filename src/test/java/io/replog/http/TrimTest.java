package io.replog.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.Hash;
import io.replog.node.Node.Trimming;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that begins later: how it is trimmed, and how it is read. */
class TrimTest {
  private static final Hash BEFORE = Hash.of(new byte[Hash.BYTES]);
  private static final String TRIMMED = "urn:replog:problem:trimmed";

  @TempDir Path directory;
  private Api api;

  @BeforeEach
  void start() {
    api = Api.over(directory);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void aTrimSaysWhereTheLogBeginsAndWhyNotLater() {
    api.node.trimming = new Trimming.Done(40, "secondary-1 does not have what follows");

    Api.Answer answer = api.post("/trim", "{\"before\":100}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo("{\"firstSequence\":40,\"heldBy\":\"secondary-1 does not have what follows\"}");
  }

  @Test
  void aTrimThatCannotBeIsRefusedWithWhatIsAllowed() {
    api.node.trimming = new Trimming.OutOfRange(8);
    assertThat(api.post("/trim", "{\"before\":100}").body()).contains("a number from 1 to 8");
    assertThat(api.post("/trim", "{\"before\":0}").body())
        .contains("must be a whole number from 1 on");
    assertThat(api.post("/trim", "{}").body()).contains("the first sequence to keep");
    assertThat(api.post("/trim", "{\"after\":7}").body()).contains("allowed are before");
    assertThat(api.post("/trim?before=7", "{\"before\":7}").status()).isEqualTo(400);

    api.node.trimming = new Trimming.NotMaster("http://m:8080");
    Api.Answer elsewhere = api.post("/trim", "{\"before\":1}");
    assertThat(elsewhere.status()).isEqualTo(421);
    assertThat(elsewhere.json()).containsEntry("active", "http://m:8080");
  }

  @Test
  void aReadWithoutFromBeginsAtTheFirstEntryThereIs() {
    api.node.beginAfter(10, BEFORE);
    assertThat(api.get("/messages").body())
        .isEqualTo("{\"messages\":[],\"from\":11,\"next\":11,\"last\":10,\"committed\":10}");

    api.node.append("a");
    api.node.append("b");

    assertThat(api.get("/messages").body())
        .isEqualTo(
            "{\"messages\":[\"a\",\"b\"],\"from\":11,\"next\":13,\"last\":12,\"committed\":12}");
    assertThat(api.get("/messages?from=12").json()).containsEntry("from", 12);
    assertThat(api.get("/messages/11").status()).isEqualTo(200);
    assertThat(api.get("/hash/10").json()).containsEntry("hash", BEFORE.toString());
  }

  @Test
  void whatWasTrimmedIsGoneAndTheAnswerSaysWhereTheLogBegins() {
    api.node.beginAfter(10, BEFORE);
    api.node.append("a");
    for (String path :
        new String[] {
          "/messages?from=10",
          "/messages?from=1&wait=1000",
          "/messages?from=3&concern=majority",
          "/messages/10",
          "/messages/1",
          "/hash/9",
          "/hash/0"
        }) {
      Api.Answer answer = api.get(path);
      assertThat(answer.status()).as(path).isEqualTo(410);
      assertThat(answer.json())
          .as(path)
          .containsEntry("type", TRIMMED)
          .containsEntry("firstSequence", 11);
    }
    assertThat(api.get("/messages/0").status()).isEqualTo(404);
  }

  @Test
  void linesAndTailsAreRefusedAlike() {
    api.node.beginAfter(10, BEFORE);
    api.node.append("a");

    assertThat(api.get("/messages?from=5", "Accept", "application/x-ndjson").status())
        .isEqualTo(410);
    assertThat(api.get("/messages?from=5", "Accept", "text/event-stream").status()).isEqualTo(410);
    assertThat(api.get("/messages", "Accept", "text/event-stream", "Last-Event-ID", "5").json())
        .containsEntry("type", TRIMMED)
        .containsEntry("firstSequence", 11);
  }
}
