package io.replog.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.Entry;
import io.replog.core.FrameCodec;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import io.replog.evidence.Attestation;
import io.replog.evidence.Equivocation;
import io.replog.evidence.Head;
import io.replog.evidence.KeyRing;
import io.replog.evidence.NodeSigner;
import io.replog.evidence.Receipt;
import io.replog.evidence.Signed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;

/** Keys that a user makes, and what is checked with them. */
class EvidenceCommandsTest {
  private static final UUID CLUSTER = new UUID(1, 2);
  private static final Hash ORIGIN = HashChain.origin(CLUSTER);
  private static final Entry ENTRY =
      FrameCodec.encode(
              new HashChain(), ORIGIN, 1, 1, 0, null, List.of("one\u001b[2J".getBytes(UTF_8)))
          .first();

  @Command(name = "replog")
  static final class Top {}

  @TempDir private Path directory;
  private Path keys = Path.of("");
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  @BeforeEach
  void keysAreMade() {
    keys = directory.resolve("keys");
    assertThat(replog("keygen", "--out", keys.toString(), "a", "b", "c", "d")).isZero();
  }

  private int replog(String... arguments) {
    out = new StringWriter();
    err = new StringWriter();
    return Commands.commandLine(new Top(), options -> 0)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private int verify(String file, String... further) {
    return replog(
        Stream.concat(
                Stream.of("verify-receipt", file, "--keys", ring().toString()), Stream.of(further))
            .toArray(String[]::new));
  }

  private Path ring() {
    return keys.resolve("ring");
  }

  @Test
  void everyNodeHasAKeyThatNobodyElseReads() throws IOException {
    assertThat(out.toString())
        .contains("Of 4 nodes 1 may lie; a receipt takes the attestations of 3")
        .contains(keys.resolve("c.key") + " for c alone");
    for (String node : List.of("a", "b", "c", "d")) {
      Path key = keys.resolve(node + ".key");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
          .isEqualTo("rw-------");
      KeyRing.read(ring()).requireKeyOf(NodeSigner.read(key, node));
    }
  }

  @Test
  void noKeyIsEverOverwritten() throws IOException {
    String before = Files.readString(keys.resolve("b.key"));
    assertThat(replog("keygen", "--out", keys.toString(), "e", "b")).isEqualTo(1);
    assertThat(err.toString()).contains("cannot write the keys").contains("b.key");
    assertThat(Files.readString(keys.resolve("b.key"))).isEqualTo(before);
    assertThat(keys.resolve("e.key")).as("all or none").doesNotExist();
    Files.delete(keys.resolve("b.key"));
    assertThat(replog("keygen", "--out", keys.toString(), "b")).isEqualTo(1);
    assertThat(err.toString()).contains("b.pub");
  }

  @Test
  void aNameThatNoNodeHasIsWrongUsage() {
    assertThat(replog("keygen", "--out", keys.toString(), "../x")).isEqualTo(2);
    assertThat(err.toString()).contains("a node's id must be 1 to 128 letters");
    assertThat(replog("keygen", "--out", keys.toString(), "x", "x")).isEqualTo(2);
    assertThat(err.toString()).contains("a NODE is named twice");
    assertThat(replog("keygen", "--out", keys.toString())).isEqualTo(2);
    assertThat(replog("keygen", "--out", directory.resolve("few").toString(), "x")).isZero();
    assertThat(out.toString()).contains("1 nodes give no receipts; it takes 4 or more");
  }

  @Test
  void aReceiptOfEnoughNodesHolds() throws IOException {
    String file = file(receipt("a", "b", "c").toJson());
    assertThat(verify(file)).isZero();
    assertThat(out.toString())
        .contains("entry 1 of epoch 1 in cluster " + CLUSTER + ", 1970-01-01T00:00:00Z")
        .contains("message one [2J\n")
        .contains("b attests it")
        .endsWith("The receipt holds: 3 of 4 nodes attest it, 3 are needed\n");
    assertThat(verify(file, "--message", ENTRY.message())).isZero();
    assertThat(verify(file, "--output", "json")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            {"type":"receipt","holds":true,"attested":["a","b","c"],"cluster":"%s",\
            "discarded":[],"epoch":1,"hash":"%s","message":"one\\u001B[2J","needed":3,\
            "sequence":1,"faults":[]}
            """
                .formatted(CLUSTER, ENTRY.hash()));
  }

  @Test
  void theStandardInputIsTakenToo() {
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(receipt("a", "b", "c").toJson().getBytes(UTF_8)));
      assertThat(verify("-")).isZero();
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void aReceiptThatDoesNotHoldSaysWhy() throws IOException {
    Receipt few = receipt("a", "b");
    assertThat(verify(file(few.toJson()))).isEqualTo(1);
    assertThat(err.toString())
        .contains("replog: 2 of 3 attestations that are needed are good")
        .endsWith("replog: the receipt does not hold\n");
    String forged = receipt("a", "b", "c").toJson().replace("\"node\":\"c\"", "\"node\":\"d\"");
    assertThat(verify(file(forged))).isEqualTo(1);
    assertThat(out.toString()).contains("d has not signed this, and does not count");
    assertThat(verify(file(receipt("a", "b", "c").toJson()), "--message", "two")).isEqualTo(1);
    assertThat(err.toString()).contains("it is of another message than the one that is given");
    assertThat(verify(file(few.toJson()), "--output", "json")).isEqualTo(1);
    assertThat(out.toString())
        .contains(
            "\"holds\":false", "\"faults\":[\"2 of 3 attestations that are needed are good\"]");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aProofIsToldFromAReceiptAndCheckedToo() throws IOException {
    Hash other = Hash.of(new byte[Hash.BYTES]);
    Equivocation proof = Equivocation.of(head(ENTRY.hash(), "a"), head(other, "a")).orElseThrow();
    String file = file(proof.toJson());
    assertThat(verify(file)).isZero();
    assertThat(out.toString())
        .contains("a head 4 of epoch 2: entry 1 has hash " + other)
        .endsWith("The proof holds: a has signed both, and one is a lie\n");
    assertThat(verify(file, "--output", "json")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            "{\"type\":\"equivocation\",\"holds\":true,\"epoch\":2,\"kind\":\"heads\","
                + "\"node\":\"a\",\"faults\":[]}\n");
    assertThat(verify(file, "--message", "x")).isEqualTo(2);
    assertThat(verify(file(proof.toJson().replace("\"node\":\"a\"", "\"node\":\"b\"")))).isOne();
    assertThat(err.toString())
        .contains("first: b has not signed this")
        .endsWith("replog: the proof does not hold\n");
  }

  @Test
  void whatIsNoEvidenceOrCannotBeReadIsSaidInALine() throws IOException {
    assertThat(verify(file("{\"status\":404}"))).isEqualTo(1);
    assertThat(err.toString()).contains("is no receipt or proof: member type must be a text");
    assertThat(verify(directory.resolve("none").toString())).isEqualTo(2);
    assertThat(err.toString()).startsWith("replog: cannot read ").contains("none");
    String receipt = file(receipt("a", "b", "c").toJson());
    assertThat(replog("verify-receipt", receipt, "--keys", keys.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("a ring has from 1 to 100 public keys, not 0");
    assertThat(replog("verify-receipt", receipt)).isEqualTo(2);
    assertThat(err.toString()).contains("--keys");
  }

  private String file(String text) throws IOException {
    return Files.writeString(directory.resolve("evidence.json"), text).toString();
  }

  private Receipt receipt(String... nodes) {
    List<Signed<Attestation>> said =
        Stream.of(nodes)
            .map(node -> signer(node).sign(new Attestation(node, CLUSTER, 1, 1, ENTRY.hash())))
            .toList();
    return Receipt.of(CLUSTER, ENTRY, ORIGIN, KeyRing.read(ring()), said);
  }

  private Signed<Head> head(Hash hash, String node) {
    return signer(node).sign(new Head(node, CLUSTER, 2, 4, 1, hash));
  }

  private NodeSigner signer(String node) {
    return NodeSigner.read(keys.resolve(node + ".key"), node);
  }
}
