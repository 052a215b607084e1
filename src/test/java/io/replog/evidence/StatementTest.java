package io.replog.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.replog.core.Hash;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StatementTest {
  private static final UUID CLUSTER = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final Hash HASH = Hash.parse("ab".repeat(Hash.BYTES));

  @Test
  void whatIsSignedIsPinned() {
    assertThat(hex(new Attestation("node-1", CLUSTER, 7, 3, HASH)))
        .isEqualTo(
            hex("replog/attestation/1")
                + "00"
                + "0006"
                + hex("node-1")
                + "00112233445566778899aabbccddeeff"
                + "0000000000000007"
                + "0000000000000003"
                + "ab".repeat(Hash.BYTES));
    assertThat(hex(new Head("node-1", CLUSTER, 3, 9, 7, HASH)))
        .isEqualTo(
            hex("replog/head/1")
                + "00"
                + "0006"
                + hex("node-1")
                + "00112233445566778899aabbccddeeff"
                + "0000000000000003"
                + "0000000000000009"
                + "0000000000000007"
                + "ab".repeat(Hash.BYTES));
  }

  @Test
  void aSignatureIsOfOneStatementOfOneNode() {
    SeededKeys keys = SeededKeys.of(1, "a", "b", "c", "d");
    var said = keys.signer("a").sign(new Attestation("a", CLUSTER, 7, 3, HASH));

    assertThat(keys.ring().check(said)).isEqualTo(KeyRing.Check.GOOD);
    for (Statement other :
        new Statement[] {
          new Attestation("b", CLUSTER, 7, 3, HASH),
          new Attestation("a", new UUID(0, 0), 7, 3, HASH),
          new Attestation("a", CLUSTER, 8, 3, HASH),
          new Attestation("a", CLUSTER, 7, 4, HASH),
          new Attestation("a", CLUSTER, 7, 3, Hash.parse("ac".repeat(Hash.BYTES))),
          new Head("a", CLUSTER, 3, 7, 7, HASH)
        }) {
      assertThat(keys.ring().check(new Signed<>(other, said.signature())))
          .as("%s", other)
          .isEqualTo(KeyRing.Check.BAD_SIGNATURE);
    }
    assertThat(SeededKeys.of(2, "a", "b", "c", "d").ring().check(said))
        .isEqualTo(KeyRing.Check.BAD_SIGNATURE);
    assertThat(SeededKeys.of(1, "b", "c", "d", "e").ring().check(said))
        .isEqualTo(KeyRing.Check.UNKNOWN_NODE);
  }

  @Test
  void aByteOfASignatureThatIsAnotherMakesItBad() {
    SeededKeys keys = SeededKeys.of(1, "a", "b", "c", "d");
    var said = keys.signer("a").sign(new Head("a", CLUSTER, 3, 9, 7, HASH));
    for (int i = 0; i < Signature.BYTES; i++) {
      byte[] bytes = said.signature().bytes();
      bytes[i] ^= 1;
      assertThat(keys.ring().holds(new Signed<>(said.statement(), Signature.of(bytes)))).isFalse();
    }
    assertThat(keys.ring().holds(new Signed<>(said.statement(), Signature.of(new byte[64]))))
        .isFalse();
  }

  @Test
  void nobodySignsForAnother() {
    NodeSigner signer = SeededKeys.of(1, "a").signer("a");
    assertThatThrownBy(() -> signer.sign(new Attestation("b", CLUSTER, 7, 3, HASH)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a does not sign for b");
  }

  @Test
  void aNameOrNumberThatCannotBeIsRefused() {
    assertThatThrownBy(() -> new Attestation("../a", CLUSTER, 7, 3, HASH))
        .hasMessageContaining("a node's id must be");
    assertThatThrownBy(() -> new Attestation("a", CLUSTER, 0, 3, HASH))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Head("a", CLUSTER, 1, 0, 3, HASH))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Signature.parse("AAAA")).hasMessageContaining("64 bytes");
  }

  private static String hex(Statement statement) {
    return HexFormat.of().formatHex(statement.bytes());
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }
}
