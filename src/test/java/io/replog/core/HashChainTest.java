package io.replog.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HashChainTest {
  private static final UUID CLUSTER = UUID.fromString("c0000000-0000-4000-8000-000000000001");

  private final HashChain chain = new HashChain();

  @Test
  void theChainBeginsWithTheClustersId() throws Exception {
    byte[] expected =
        MessageDigest.getInstance("SHA-256").digest(CLUSTER.toString().getBytes(UTF_8));
    assertThat(HashChain.origin(CLUSTER)).isEqualTo(Hash.of(expected));
  }

  @Test
  void aHashCoversTheOneBeforeAndEveryField() throws Exception {
    byte[] key = "k".getBytes(UTF_8);
    byte[] payload = "message".getBytes(UTF_8);
    ByteBuffer canonical = ByteBuffer.allocate(32 + 24 + 4 + 1 + 4 + 7);
    HashChain.origin(CLUSTER).write(canonical);
    canonical.putLong(1).putLong(2).putLong(3).putInt(1).put(key).putInt(7).put(payload);
    byte[] expected = MessageDigest.getInstance("SHA-256").digest(canonical.array());
    assertThat(chain.next(HashChain.origin(CLUSTER), 1, 2, 3, key, payload))
        .isEqualTo(Hash.of(expected));
  }

  @Test
  void noTwoEntriesHaveOneHash() {
    Hash origin = HashChain.origin(CLUSTER);
    byte[] a = "a".getBytes(UTF_8);
    byte[] none = {};
    Set<Hash> hashes = new HashSet<>();
    hashes.add(chain.next(origin, 1, 1, 1, null, a));
    hashes.add(chain.next(origin, 2, 1, 1, null, a));
    hashes.add(chain.next(origin, 1, 2, 1, null, a));
    hashes.add(chain.next(origin, 1, 1, 2, null, a));
    hashes.add(chain.next(origin, 1, 1, 1, a, none));
    hashes.add(chain.next(origin, 1, 1, 1, a, a));
    hashes.add(chain.next(HashChain.ofContent(a), 1, 1, 1, null, a));
    assertThat(hashes).hasSize(7);
  }

  @Test
  void aHashIsReadAsItIsWritten() {
    Hash hash = HashChain.ofContent(new byte[] {1});
    assertThat(Hash.parse(hash.toString())).isEqualTo(hash);
    ByteBuffer buffer = ByteBuffer.allocate(Hash.BYTES);
    hash.write(buffer);
    assertThat(Hash.read(buffer.flip())).isEqualTo(hash);
  }
}
