package io.replog.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.Hash;
import io.replog.evidence.Attestation;
import io.replog.evidence.Head;
import io.replog.evidence.Signature;
import io.replog.evidence.Signed;
import io.replog.evidence.Statement;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SightingsTest {
  private static final UUID CLUSTER = new UUID(1, 2);

  private final Sightings sightings = new Sightings();

  @Test
  void whatAgreesIsRememberedAndNoProof() {
    Signed<Head> head = head("a", 1, 5, 'x');
    assertThat(sightings.has(head)).isFalse();
    assertThat(sightings.remember(head)).isNull();
    assertThat(sightings.has(head)).isTrue();
    assertThat(sightings.remember(head("a", 2, 5, 'x'))).isNull();
    assertThat(sightings.remember(head("b", 1, 6, 'y'))).isNull();
    assertThat(sightings.remember(said("a", 5, 'y'))).isNull();
  }

  /** Else it would be passed on for ever, each time as news. */
  @Test
  void aSecondHeadOfOneSequenceIsRememberedToo() {
    sightings.remember(head("a", 1, 5, 'x'));
    sightings.remember(head("a", 2, 5, 'x'));

    assertThat(sightings.has(head("a", 1, 5, 'x'))).isTrue();
    assertThat(sightings.has(head("a", 2, 5, 'x'))).isTrue();
    assertThat(sightings.has(head("a", 3, 5, 'x'))).isFalse();
  }

  @Test
  void twoHeadsWithOneNumberOrOneSequenceAreAProof() {
    sightings.remember(head("a", 1, 5, 'x'));

    assertThat(sightings.remember(head("a", 1, 6, 'x'))).isNotNull();
    assertThat(sightings.remember(head("a", 2, 5, 'y'))).isNotNull();
    // the first stays: whoever comes with it again is no news
    assertThat(sightings.has(head("a", 1, 5, 'x'))).isTrue();
  }

  @Test
  void twoAttestationsOfOneSequenceAreAProof() {
    sightings.remember(said("a", 5, 'x'));

    assertThat(sightings.remember(said("b", 5, 'y'))).isNull();
    assertThat(sightings.remember(said("a", 5, 'y'))).isNotNull();
  }

  @Test
  void whoSaysMuchMakesNobodyForgetWhatAnotherHasSaid() {
    sightings.remember(head("a", 1, 1, 'x'));
    sightings.remember(said("b", 1, 'x'));
    for (int i = 1; i <= Sightings.KEPT + 1; i++) {
      sightings.remember(head("b", i, i, 'x'));
    }

    assertThat(sightings.has(head("a", 1, 1, 'x'))).isTrue();
    assertThat(sightings.has(said("b", 1, 'x'))).isTrue();
    assertThat(sightings.has(head("b", 1, 1, 'x'))).isFalse();
    assertThat(sightings.has(head("b", 2, 2, 'x'))).isTrue();
  }

  private static Signed<Head> head(String node, long number, long sequence, char hash) {
    return signed(new Head(node, CLUSTER, 3, number, sequence, hash(hash)));
  }

  private static Signed<Attestation> said(String node, long sequence, char hash) {
    return signed(new Attestation(node, CLUSTER, sequence, 3, hash(hash)));
  }

  private static <S extends Statement> Signed<S> signed(S statement) {
    return new Signed<>(statement, Signature.of(new byte[Signature.BYTES]));
  }

  private static Hash hash(char of) {
    byte[] bytes = new byte[Hash.BYTES];
    bytes[0] = (byte) of;
    return Hash.of(bytes);
  }
}
