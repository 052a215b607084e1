package io.replog.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.replog.core.Entry;
import io.replog.core.FrameCodec;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReceiptTest {
  private static final UUID CLUSTER = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final SeededKeys KEYS = SeededKeys.of(1, "a", "b", "c", "d");
  private static final KeyRing RING = KEYS.ring();
  private static final Hash ORIGIN = HashChain.origin(CLUSTER);

  @Test
  void aReceiptOfAQuorumHolds() {
    Receipt.Verdict verdict = receipt("a", "b", "d").verify(RING);
    assertThat(verdict.holds()).isTrue();
    assertThat(verdict.attested()).containsExactly("a", "b", "d");
    assertThat(verdict.discarded()).isEmpty();
    assertThat(verdict.needed()).isEqualTo(3);
  }

  @Test
  void anEntryOfABatchHasOneToo() {
    List<Entry> batch =
        FrameCodec.encode(
                new HashChain(),
                ORIGIN,
                1,
                1,
                10,
                "key",
                List.of("one".getBytes(UTF_8), "two".getBytes(UTF_8)))
            .entries();
    Receipt second = receipt(batch.get(1), batch.get(0).hash(), List.of("b", "c", "d"));
    assertThat(second.verify(RING).holds()).isTrue();
    assertThat(second.key()).isNull();
  }

  @Test
  void tooFewAreTooFew() {
    Receipt.Verdict verdict = receipt("a", "b").verify(RING);
    assertThat(verdict.holds()).isFalse();
    assertThat(verdict.faults()).containsExactly("2 of 3 attestations that are needed are good");
  }

  @Test
  void everyMemberThatWasChangedIsFound() throws BadEvidenceException {
    String good = receipt("a", "b", "c").toJson();
    assertThat(Receipt.parse(good).verify(RING).holds()).isTrue();
    Map<String, String> changes = new LinkedHashMap<>();
    changes.put("\"sequence\":1", "\"sequence\":2");
    changes.put("\"epoch\":1", "\"epoch\":2");
    changes.put("\"timestamp\":10", "\"timestamp\":11");
    changes.put("\"key\":\"k\"", "\"key\":\"l\"");
    changes.put("\"key\":\"k\",", "");
    changes.put("\"message\":\"hello\"", "\"message\":\"hallo\"");
    changes.put("\"previousHash\":\"", "\"previousHash\":\"" + "00".repeat(32) + "\",\"x\":\"");
    changes.put("\"hash\":\"", "\"hash\":\"" + "00".repeat(32) + "\",\"y\":\"");
    changes.forEach((from, to) -> assertThat(faults(good, from, to)).startsWith("the hash is not"));
    assertThat(faults(good, CLUSTER.toString(), new UUID(0, 7).toString()))
        .startsWith("0 of 3 attestations");
    assertThat(faults(good, "\"ring\":\"", "\"ring\":\"" + "00".repeat(32) + "\",\"z\":\""))
        .startsWith("made with ring 0000");
    assertThat(faults(good, "\"quorum\":3", "\"quorum\":2")).startsWith("quorum is said to be 2");
    assertThat(faults(good, "\"node\":\"c\"", "\"node\":\"d\"")).startsWith("2 of 3");
    assertThat(faults(good, "\"node\":\"c\"", "\"node\":\"e\"")).startsWith("2 of 3");
    assertThat(faults(good, "\"node\":\"c\"", "\"node\":\"a\"")).startsWith("2 of 3");
  }

  @Test
  void whatDoesNotCountIsNamed() {
    Receipt good = receipt("a", "b", "c");
    List<Receipt.Vote> votes = new ArrayList<>(good.votes());
    votes.add(good.votes().getFirst());
    votes.add(new Receipt.Vote("d", good.votes().getFirst().signature()));
    votes.add(new Receipt.Vote("stranger", good.votes().getFirst().signature()));
    Receipt.Verdict verdict = with(good, votes).verify(RING);
    assertThat(verdict.holds()).isTrue();
    assertThat(verdict.attested()).containsExactly("a", "b", "c");
    assertThat(verdict.discarded())
        .containsExactly(
            "a is there twice", "d has not signed this", "stranger is not in the ring");
  }

  @Test
  void oneNodeThatSignsThriceIsOne() {
    Receipt good = receipt("a", "b", "c");
    Receipt.Vote a = good.votes().getFirst();
    assertThat(with(good, List.of(a, a, a)).verify(RING).faults())
        .containsExactly("1 of 3 attestations that are needed are good");
  }

  @Test
  void theKeysOfAnotherRingProveNothing() {
    KeyRing other = SeededKeys.of(2, "a", "b", "c", "d").ring();
    assertThat(receipt("a", "b", "c").verify(other).faults())
        .hasSize(2)
        .anyMatch(fault -> fault.startsWith("made with ring " + RING.digest()));
    SeededKeys three = SeededKeys.of(1, "a", "b", "c");
    Entry entry = entry();
    Receipt small = Receipt.of(CLUSTER, entry, ORIGIN, three.ring(), votes(three, entry, "a", "b"));
    assertThat(small.verify(three.ring()).faults())
        .containsExactly("a ring of 3 nodes proves nothing; 4 are needed for one that may lie");
  }

  @Test
  void itsJsonIsPinned() throws BadEvidenceException {
    Receipt receipt = receipt("a");
    String signature = receipt.votes().getFirst().signature().toString();
    String json =
        """
        {"type":"receipt","cluster":"00112233-4455-6677-8899-aabbccddeeff","sequence":1,\
        "epoch":1,"timestamp":10,"key":"k","message":"hello","previousHash":"%s","hash":"%s",\
        "ring":"%s","quorum":3,"attestations":[{"node":"a","signature":"%s"}]}\
        """
            .formatted(ORIGIN, entry().hash(), RING.digest(), signature);
    assertThat(receipt.toJson()).isEqualTo(json);
    assertThat(Receipt.parse(json)).isEqualTo(receipt);
    // these keys, statements and digests are for ever: receipts are kept
    assertThat(RING.digest().toString())
        .isEqualTo("c43194fc8f96625b9138cc0635e5beae02bf9423522f89090e52990db07648f6");
    assertThat(signature)
        .isEqualTo(
            "2LQtoyZ9sYs9iX+KpZKf0ey6Hj2VDGcrQWt3KuBcNdabV8nSXpSyMQXXyjXqqYof7yj8uueZepFYhm1dLnTSAA==");
  }

  @Test
  void aTextThatIsNoReceiptIsRefusedWithWhatIsWrong() {
    String good = receipt("a", "b", "c").toJson();
    assertBad("", "not a JSON object");
    assertBad("[]", "not a JSON object");
    assertBad("{", "not JSON: ");
    assertBad(good + "{}", "more than one JSON object");
    assertBad("{\"type\":\"equivocation\"}", "member type must be 'receipt'");
    assertBad("{}", "member type must be a text");
    assertBad(good.replace("\"sequence\":1", "\"sequence\":0"), "member sequence must be a whole");
    assertBad(good.replace("\"sequence\":1", "\"sequence\":1.0"), "member sequence must be a who");
    assertBad(
        good.replace("\"sequence\":1", "\"sequence\":18446744073709551617"),
        "member sequence must be a whole number from 1");
    assertBad(good.replace("\"message\":\"hello\"", "\"message\":null"), "member message must be");
    assertBad(good.replace("\"hash\":\"", "\"hash\":\"z"), "member hash must be 64 hexadecimal");
    assertBad(
        good.replace("\"message\":", "\"message\":\"other\",\"message\":"), "Duplicate field");
    assertBad(
        good.replace("\"node\":\"b\"", "\"node\":\"\""), "member attestations[1].node must be 1");
    assertBad(
        good.replace("\"signature\":\"", "\"signature\":\"A"),
        "member attestations[0].signature must be the Base64 of the 64 bytes");
    assertBad(good.replace("\"attestations\":[", "\"attestations\":[7,"), "must be an array of");
    assertBad("{\"a\":" + "[".repeat(2000), "not JSON: ");
    assertBad("{\"a\":\"" + "x".repeat(9 << 20) + "\"}", "longer than");
  }

  private static void assertBad(String json, String why) {
    assertThatThrownBy(() -> Receipt.parse(json))
        .isInstanceOf(BadEvidenceException.class)
        .hasMessageContaining(why);
  }

  /** The faults of a receipt of which one thing was changed. */
  private static String faults(String good, String from, String to) {
    String changed = good.replace(from, to);
    assertThat(changed).isNotEqualTo(good);
    try {
      Receipt.Verdict verdict = Receipt.parse(changed).verify(RING);
      assertThat(verdict.holds()).as(changed).isFalse();
      return String.join("; ", verdict.faults());
    } catch (BadEvidenceException e) {
      throw new AssertionError(changed, e);
    }
  }

  private static Entry entry() {
    return FrameCodec.encode(
            new HashChain(), ORIGIN, 1, 1, 10, "k", List.of("hello".getBytes(UTF_8)))
        .first();
  }

  private static Receipt receipt(String... nodes) {
    return receipt(entry(), ORIGIN, List.of(nodes));
  }

  private static Receipt receipt(Entry entry, Hash previous, List<String> nodes) {
    return Receipt.of(
        CLUSTER, entry, previous, RING, votes(KEYS, entry, nodes.toArray(String[]::new)));
  }

  private static List<Signed<Attestation>> votes(SeededKeys keys, Entry entry, String... nodes) {
    return Stream.of(nodes)
        .map(
            node ->
                keys.signer(node)
                    .sign(
                        new Attestation(
                            node, CLUSTER, entry.sequence(), entry.epoch(), entry.hash())))
        .toList();
  }

  private static Receipt with(Receipt receipt, List<Receipt.Vote> votes) {
    return new Receipt(
        receipt.cluster(),
        receipt.sequence(),
        receipt.epoch(),
        receipt.timestamp(),
        receipt.key(),
        receipt.message(),
        receipt.previousHash(),
        receipt.hash(),
        receipt.ring(),
        receipt.quorum(),
        votes);
  }
}
