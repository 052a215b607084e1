package io.replog.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRingTest {
  @TempDir private Path directory;

  @Test
  void twoQuorumsMeetInAnHonestNodeAndTheHonestMakeOne() {
    List<NodeKeys> keys =
        IntStream.rangeClosed(1, 31)
            .mapToObj(i -> SeededKeys.of(i, "node-" + i).of("node-" + i))
            .toList();
    for (int n = 1; n <= keys.size(); n++) {
      KeyRing ring = KeyRing.of(keys.subList(0, n));
      assertThat(ring.size()).isEqualTo(n);
      assertThat(2 * ring.quorum() - n).as("of %d", n).isGreaterThan(ring.liars());
      assertThat(ring.quorum()).as("of %d", n).isLessThanOrEqualTo(n - ring.liars());
      assertThat(2 * (ring.quorum() - 1) - n).as("no larger").isLessThanOrEqualTo(ring.liars());
      assertThat(ring.certifies()).isEqualTo(ring.liars() > 0);
    }
    assertThat(quorum(keys, 4)).isEqualTo(3);
    assertThat(quorum(keys, 5)).isEqualTo(4);
    assertThat(quorum(keys, 7)).isEqualTo(5);
  }

  private static int quorum(List<NodeKeys> keys, int n) {
    return KeyRing.of(keys.subList(0, n)).quorum();
  }

  @Test
  void theKeysOfADirectoryAreThoseThatWereMade() throws IOException {
    SeededKeys keys = SeededKeys.of(1, "a", "b", "c", "node-4.x");
    for (String node : keys.ring().nodes()) {
      write(node + ".pub", keys.of(node).publicPem());
    }
    write("a.key", keys.of("a").privatePem());
    write("README", "not a key");

    KeyRing read = KeyRing.read(directory);

    assertThat(read.nodes()).containsExactly("a", "b", "c", "node-4.x");
    assertThat(read.digest()).isEqualTo(keys.ring().digest());
    assertThat(read.digest()).isNotEqualTo(SeededKeys.of(1, "a", "b", "c").ring().digest());
    assertThat(read.digest()).isNotEqualTo(SeededKeys.of(2, "a", "b", "c", "d").ring().digest());
    NodeSigner signer = NodeSigner.read(directory.resolve("a.key"), "a");
    assertThatCode(() -> read.requireKeyOf(signer)).doesNotThrowAnyException();
  }

  @Test
  void aKeyThatIsNotThatOfTheRingIsFoundAtOnce() throws IOException {
    SeededKeys keys = SeededKeys.of(1, "a", "b", "c", "d");
    write("b.key", keys.of("b").privatePem());
    NodeSigner wrong = NodeSigner.read(directory.resolve("b.key"), "a");
    assertThatThrownBy(() -> keys.ring().requireKeyOf(wrong))
        .isInstanceOf(BadKeyException.class)
        .hasMessage("the private key of this node, a, is not that of its public key in the ring");
    NodeSigner stranger = NodeSigner.read(directory.resolve("b.key"), "e");
    assertThatThrownBy(() -> keys.ring().requireKeyOf(stranger))
        .hasMessage("the ring has no public key of this node, e");
  }

  @Test
  void aFileThatCannotBeUsedIsNamedAndNotQuoted() throws IOException {
    SeededKeys keys = SeededKeys.of(1, "a", "b");
    assertThatThrownBy(() -> KeyRing.read(directory))
        .hasMessageContaining(directory + ": a ring has from 1 to 100 public keys, not 0");
    assertThatThrownBy(() -> KeyRing.read(directory.resolve("none")))
        .isInstanceOf(BadKeyException.class)
        .hasMessageContaining("cannot read the keys in " + directory.resolve("none"));
    assertThatThrownBy(() -> NodeSigner.read(directory.resolve("a.key"), "a"))
        .isInstanceOf(BadKeyException.class)
        .hasMessageContaining("cannot read " + directory.resolve("a.key"));

    write("a.key", keys.of("a").publicPem());
    assertThatThrownBy(() -> NodeSigner.read(directory.resolve("a.key"), "a"))
        .hasMessageContaining("a.key must be one block of PEM from '-----BEGIN PRIVATE KEY-----'");
    write("a.key", keys.of("a").privatePem().replace("MC", "%%"));
    assertThatThrownBy(() -> NodeSigner.read(directory.resolve("a.key"), "a"))
        .hasMessageContaining("a.key is not Base64");
    write("a.key", keys.of("a").privatePem().replace("MC4CAQAwBQ", "MC4CAQAwBR"));
    assertThatThrownBy(() -> NodeSigner.read(directory.resolve("a.key"), "a"))
        .hasMessageEndingWith("a.key is not the private key of an Ed25519 pair (PKCS #8, PEM)");
    write("a.key", "x".repeat(5000));
    assertThatThrownBy(() -> NodeSigner.read(directory.resolve("a.key"), "a"))
        .hasMessageEndingWith("a.key has more than 4096 bytes");
    write("a.pub", keys.of("a").privatePem());
    assertThatThrownBy(() -> KeyRing.read(directory))
        .hasMessageContaining("a.pub must be one block of PEM from '-----BEGIN PUBLIC KEY-----'");
    write("a.pub", keys.of("a").publicPem());
    write("b.pub", keys.of("a").publicPem());
    assertThatThrownBy(() -> KeyRing.read(directory))
        .hasMessageEndingWith(
            "b has the key of another node of the ring: each needs one of its own");
    write("-x.pub", keys.of("b").publicPem());
    assertThatThrownBy(() -> KeyRing.read(directory))
        .hasMessageContaining("-x.pub is not named after a node");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }
}
