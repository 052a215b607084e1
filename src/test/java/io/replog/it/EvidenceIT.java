package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.Hash;
import io.replog.core.HashChain;
import io.replog.evidence.Equivocation;
import io.replog.evidence.Head;
import io.replog.evidence.KeyRing;
import io.replog.evidence.NodeKeys;
import io.replog.evidence.NodeSigner;
import io.replog.evidence.Receipt;
import io.replog.replication.PeerLinkHandler;
import io.replog.replication.PeerMessage;
import io.replog.replication.PeerMessage.Accuse;
import io.replog.replication.http.HttpPeerTransport;
import io.replog.replication.http.PeersLoop;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Entries that nodes sign for, with keys in files and nodes in processes of their own. */
class EvidenceIT {
  private static final List<String> NODES =
      List.of("master-0", "secondary-0", "secondary-1", "secondary-2");

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  private Path keys;

  private TestCluster withKeysOf(List<String> nodes) throws Exception {
    keys = Files.createDirectories(processes.newDirectory("keys"));
    SecureRandom random = new SecureRandom();
    for (String node : nodes) {
      NodeKeys pair = NodeKeys.generate(node, random);
      Files.writeString(keys.resolve(node + ".pub"), pair.publicPem());
      Files.writeString(keys.resolve(node + ".key"), pair.privatePem());
    }
    // who is away is not found out meanwhile: what is too few for a majority is refused, not tried
    return TestCluster.with(processes)
        .secondaries(nodes.size() - 1)
        .setting("REPLOG_UNHEALTHY", "60s")
        .keys(keys)
        .make()
        .start();
  }

  @Test
  void anEntryIsCertifiedAndItsReceiptConvincesWhoeverHasTheRing() throws Exception {
    TestCluster cluster = withKeysOf(NODES);
    long sequence = cluster.api().append(Append.of("signed").w("certified")).expect(201).sequence();
    Answer answer = cluster.api().get(receiptOf(sequence)).expect(200);

    KeyRing ring = KeyRing.read(keys);
    Receipt receipt = Receipt.parse(answer.body());
    assertThat(receipt.verify(ring).faults()).isEmpty();
    assertThat(receipt.message()).isEqualTo("signed");
    String forged = answer.body().replace("\"signed\"", "\"forged\"");
    assertThat(verified(answer.body(), "signed")).isZero();
    assertThat(verified(forged, "forged")).isEqualTo(1);
    assertThat(cluster.api().cluster().list("evidence")).isEmpty();
    cluster.secondary(0).api().get(receiptOf(sequence)).expectProblem(421, "not-master");

    // one of four may be away, two may not
    cluster.secondary(2).process().kill();
    long second = cluster.api().append(Append.of("one less").w("certified")).expect(201).sequence();
    cluster.secondary(1).process().pause();
    long third =
        cluster
            .api()
            .append(Append.of("too few").w("certified").timeoutMs(500))
            .expect(202)
            .sequence();
    cluster.secondary(1).process().resume();
    Wait.until(
        "the third is certified once enough are there",
        Duration.ofSeconds(30),
        () -> cluster.api().ask(receiptOf(third)).status() == 200);

    // nobody forgets what it has signed for, and a batch is signed for by its last entry
    cluster.master().process().kill();
    cluster.master().start();
    cluster.awaitActive();
    Receipt again = Receipt.parse(cluster.api().get(receiptOf(second)).expect(200).body());
    assertThat(again.verify(ring).faults()).isEmpty();
    assertThat(cluster.api().append(Append.batch(List.of("a", "b")).w("certified")).status())
        .isEqualTo(201);
  }

  @Test
  void aProofThatOneNodeIsToldReachesAllAndOutlivesARestart() throws Exception {
    TestCluster cluster = withKeysOf(NODES);
    UUID id = UUID.fromString(cluster.api().cluster().text("clusterId"));
    NodeSigner liar = NodeSigner.read(keys.resolve("secondary-2.key"), "secondary-2");
    Hash hash = HashChain.origin(id);
    Equivocation proof =
        new Equivocation(
            liar.sign(new Head("secondary-2", id, 1, 1, 1, hash)),
            liar.sign(new Head("secondary-2", id, 1, 1, 2, hash)));
    try (var transport =
        new HttpPeerTransport(
            PeersLoop.INSTANCE, Duration.ofSeconds(5), Duration.ofSeconds(5), 1 << 20)) {
      transport.open(
          cluster.secondary(0).url().toString(), link -> link.send(new Accuse(proof)), new Deaf());
      cluster.nodes().forEach(node -> awaitProof(node, proof));
    }
    cluster.secondary(1).process().kill();
    cluster.secondary(1).start();
    cluster.secondary(1).awaitLive();
    awaitProof(cluster.secondary(1), proof);
    assertThat(cluster.secondary(1).data().resolve("evidence/secondary-2.json")).exists();

    // it counts no more, and the others are enough
    cluster.awaitWhole();
    long sequence = cluster.api().append(Append.of("x").w("certified")).expect(201).sequence();
    assertThat(cluster.api().get(receiptOf(sequence)).expect(200).body())
        .doesNotContain("secondary-2");
  }

  private static void awaitProof(TestNode node, Equivocation proof) {
    Wait.until(
        node.id() + " shows the proof",
        Duration.ofSeconds(30),
        () -> node.api().ask("/cluster").body().contains("\"evidence\":[" + proof.toJson() + "]"));
  }

  private static final class Deaf implements PeerLinkHandler {
    @Override
    public void received(PeerMessage message) {}

    @Override
    public void closed(String why) {}
  }

  @Test
  void withoutKeysThereIsNothingToSignWith() throws Exception {
    TestCluster cluster = TestCluster.with(processes).make().start();
    Json problem =
        cluster.api().append(Append.of("x").w("certified")).expectProblem(400, "invalid-request");
    assertThat(problem.text("detail")).contains("no public keys");
    cluster.api().append("x").expect(201);
    cluster.api().get(receiptOf(1)).expectProblem(400, "invalid-request");
  }

  /** The exit code of whoever has nothing but the receipt and the public keys. */
  private int verified(String receipt, String message) {
    return processes
        .run(
            Map.of(),
            receipt,
            "verify-receipt",
            "-",
            "--keys",
            keys.toString(),
            "--message",
            message)
        .exitCode();
  }

  private static String receiptOf(long sequence) {
    return "/messages/" + sequence + "/receipt";
  }
}
