package io.replog.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.replog.core.Hash;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EquivocationTest {
  private static final UUID CLUSTER = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final SeededKeys KEYS = SeededKeys.of(1, "a", "b", "c", "d");
  private static final Hash ONE = Hash.parse("11".repeat(Hash.BYTES));
  private static final Hash TWO = Hash.parse("22".repeat(Hash.BYTES));

  @Test
  void oneNumberForTwoHeadsIsAProof() throws BadEvidenceException {
    Signed<Head> first = head("a", 3, 9, 7, ONE);
    assertProof(first, head("a", 3, 9, 7, TWO), Equivocation.Kind.HEADS, 3);
    assertProof(first, head("a", 3, 9, 8, ONE), Equivocation.Kind.HEADS, 3);
  }

  @Test
  void twoHashesForOneSequenceOfAReignAreAProof() throws BadEvidenceException {
    assertProof(head("a", 3, 9, 7, ONE), head("a", 3, 10, 7, TWO), Equivocation.Kind.HEADS, 3);
  }

  @Test
  void twoAttestationsOfOneSequenceAreAProof() throws BadEvidenceException {
    Signed<Attestation> first = attestation("b", 7, 3, ONE);
    assertProof(first, attestation("b", 7, 3, TWO), Equivocation.Kind.ATTESTATIONS, 3);
    assertProof(first, attestation("b", 7, 4, ONE), Equivocation.Kind.ATTESTATIONS, 3);
  }

  private static void assertProof(
      Signed<?> one, Signed<?> other, Equivocation.Kind kind, long epoch)
      throws BadEvidenceException {
    Equivocation proof = Equivocation.of(one, other).orElseThrow();
    assertThat(Equivocation.of(other, one)).hasValue(proof);
    assertThat(proof.holds(KEYS.ring())).isTrue();
    assertThat(proof.node()).isEqualTo(one.statement().node());
    assertThat(proof.kind()).isEqualTo(kind);
    assertThat(proof.epoch()).isEqualTo(epoch);
    assertThat(Evidence.parse(proof.toJson())).isEqualTo(proof);
    assertThat(Equivocation.parse(proof.toJson().replace("\"type\":\"equivocation\",", "")))
        .as("as a member of a document")
        .isEqualTo(proof);
  }

  @Test
  void anHonestNodeIsNeverAccused() {
    Signed<Head> head = head("a", 3, 9, 7, ONE);
    Signed<Attestation> said = attestation("a", 7, 3, ONE);
    assertThat(Equivocation.of(head, head)).isEmpty();
    assertThat(Equivocation.of(head, head("a", 3, 10, 7, ONE))).as("said again").isEmpty();
    assertThat(Equivocation.of(head, head("a", 3, 10, 8, TWO))).isEmpty();
    assertThat(Equivocation.of(head, head("a", 4, 9, 8, TWO))).as("another reign").isEmpty();
    assertThat(Equivocation.of(head, head("b", 3, 9, 7, TWO))).as("two nodes").isEmpty();
    assertThat(Equivocation.of(head, attestation("a", 7, 3, TWO))).isEmpty();
    assertThat(Equivocation.of(said, said)).isEmpty();
    assertThat(Equivocation.of(said, attestation("a", 8, 3, TWO))).isEmpty();
    assertThat(Equivocation.of(said, attestation("b", 7, 3, TWO))).as("two nodes").isEmpty();
    Attestation elsewhere = new Attestation("a", new UUID(0, 1), 7, 3, TWO);
    assertThat(Equivocation.of(said, KEYS.signer("a").sign(elsewhere))).isEmpty();
    assertThatThrownBy(() -> new Equivocation(head, head))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatTheNodeHasNotSignedProvesNothing() {
    Signed<Head> first = head("a", 3, 9, 7, ONE);
    Head forged = new Head("a", CLUSTER, 3, 9, 7, TWO);
    Equivocation proof = new Equivocation(first, new Signed<>(forged, first.signature()));
    assertThat(proof.holds(KEYS.ring())).isFalse();
    assertThat(proof.faults(KEYS.ring())).containsExactly("second: a has not signed this");
    assertThat(proof.faults(SeededKeys.of(1, "b", "c").ring()))
        .containsExactly("first: a is not in the ring", "second: a is not in the ring");
  }

  @Test
  void everyMemberThatWasChangedIsFound() throws BadEvidenceException {
    Equivocation proof =
        Equivocation.of(head("a", 3, 9, 7, ONE), head("a", 3, 9, 8, TWO)).orElseThrow();
    String good = proof.toJson();
    for (String[] change :
        new String[][] {
          {"\"sequence\":8", "\"sequence\":9"},
          {"\"hash\":\"11", "\"hash\":\"12"},
          {"\"number\":9", "\"number\":10"},
          {CLUSTER.toString(), new UUID(1, 1).toString()},
          {"\"epoch\":3", "\"epoch\":4"},
          {"\"node\":\"a\"", "\"node\":\"b\""}
        }) {
      Equivocation changed = Equivocation.parse(good.replace(change[0], change[1]));
      assertThat(changed.faults(KEYS.ring())).as(change[1]).isNotEmpty();
    }
    assertBad(good.replace("\"node\":\"a\"", "\"node\":\"\""), "member node must be 1 to 128");
    assertBad(good.replaceFirst("\"epoch\":3", "\"epoch\":4"), "must be that of the statements");
    assertBad(good.replace("\"kind\":\"heads\"", "\"kind\":\"attestations\""), "do not contradict");
    assertBad(good.replace("\"kind\":\"heads\"", "\"kind\":\"x\""), "'heads' or 'attestations'");
    assertBad(
        good.replace("\"number\":9,", ""), "member first.number must be a whole number from 1");
    assertBad(good.replace("\"first\":{", "\"first\":7,\"z\":{"), "member first must be an object");
    assertBad("{\"type\":\"receipt\"}", "member type must be 'equivocation'");
  }

  private static void assertBad(String json, String why) {
    assertThatThrownBy(() -> Equivocation.parse(json))
        .isInstanceOf(BadEvidenceException.class)
        .hasMessageContaining(why);
  }

  private static Signed<Head> head(String node, long epoch, long number, long sequence, Hash hash) {
    return KEYS.signer(node).sign(new Head(node, CLUSTER, epoch, number, sequence, hash));
  }

  private static Signed<Attestation> attestation(
      String node, long sequence, long epoch, Hash hash) {
    return KEYS.signer(node).sign(new Attestation(node, CLUSTER, sequence, epoch, hash));
  }
}
