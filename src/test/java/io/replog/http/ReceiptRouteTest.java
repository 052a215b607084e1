package io.replog.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.AppendOutcome.Refused;
import io.replog.core.Hash;
import io.replog.core.Refusal;
import io.replog.evidence.BadEvidenceException;
import io.replog.evidence.Equivocation;
import io.replog.evidence.Head;
import io.replog.evidence.Receipt;
import io.replog.evidence.Receipt.Vote;
import io.replog.evidence.SeededKeys;
import io.replog.evidence.Signature;
import io.replog.node.Node.Receipting;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceiptRouteTest {
  private static final Hash HASH = Hash.of(new byte[Hash.BYTES]);

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
  void aReceiptIsGivenAsAClientReadsIt() throws BadEvidenceException {
    var votes = List.of(new Vote("master-0", Signature.of(new byte[Signature.BYTES])));
    Receipt receipt =
        new Receipt(FakeNode.CLUSTER, 7, 1, 1000, "key", "ü", HASH, HASH, HASH, 3, votes);
    api.node.receipting = new Receipting.Given(receipt);

    Api.Answer answer = api.get("/messages/7/receipt");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(Receipt.parse(answer.body())).isEqualTo(receipt);
    ApiDocument.of(api).assertDeclared("GET", "/messages/{sequence}/receipt", answer);
  }

  @Test
  void whyThereIsNoneHasAStatusOfItsOwn() {
    Map<Receipting, Integer> statuses =
        Map.of(
            new Receipting.NoEvidence("this node was given no public keys"), 400,
            new Receipting.NotFound(6), 404,
            new Receipting.NotCommitted(6), 409,
            new Receipting.Trimmed(8), 410,
            new Receipting.NotMaster("http://m:8080"), 421,
            new Receipting.NoQuorum(3, 1, List.of("secondary-0", "secondary-1")), 503,
            new Receipting.Overloaded(256), 503);
    statuses.forEach(
        (outcome, status) -> {
          api.node.receipting = outcome;
          Api.Answer answer = api.get("/messages/7/receipt?timeoutMs=100");
          assertThat(answer.status()).as("%s", outcome).isEqualTo(status);
          ApiDocument.of(api).assertDeclared("GET", "/messages/{sequence}/receipt", answer);
        });
    api.node.receipting = new Receipting.NoQuorum(3, 1, List.of("secondary-0", "secondary-1"));
    assertThat(api.get("/messages/7/receipt").json())
        .containsEntry("needed", 3)
        .containsEntry("signed", 1)
        .containsEntry("missing", List.of("secondary-0", "secondary-1"));
    assertThat(api.get("/messages/0/receipt").status()).isEqualTo(400);
    assertThat(api.get("/messages/7/receipt?timeoutMs=60001").body()).contains("0 to 60000");
  }

  @Test
  void aCertifiedAppendIsOnDiskAndSaysWhatIsMissing() {
    String body = "{\"message\":\"x\",\"w\":\"certified\"%s}";
    Api.Answer appended = api.post("/messages", body.formatted(""));
    assertThat(appended.status()).isEqualTo(201);
    assertThat(appended.json()).containsEntry("w", "certified").containsEntry("j", true);
    assertThat(api.post("/messages", body.formatted(",\"j\":false")).body())
        .contains("\\\"j\\\" must be true");

    api.node.outcome = request -> new Refused(new Refusal.NoEvidence("there are no keys"));
    Api.Answer refused = api.post("/messages", body.formatted(""));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().get("detail"))
        .isEqualTo("\"w\" is \"certified\", but there are no keys");
  }

  @Test
  void theClusterShowsWhoWasCaughtLying() {
    assertThat(api.get("/cluster").json()).doesNotContainKey("evidence");
    SeededKeys keys = SeededKeys.of(1, "a", "b");
    Head one = new Head("a", FakeNode.CLUSTER, 3, 7, 5, HASH);
    Head other = new Head("a", FakeNode.CLUSTER, 3, 7, 6, HASH);
    api.node.evidence =
        List.of(new Equivocation(keys.signer("a").sign(one), keys.signer("a").sign(other)));

    Api.Answer answer = api.get("/cluster");

    ApiDocument.of(api).assertDeclared("GET", "/cluster", answer);
    // the very text that is on disk, so that either can be checked off line
    String proof = api.node.evidence.getFirst().toJson();
    assertThat(answer.body()).contains("\"evidence\":[" + proof + "]");
  }
}
