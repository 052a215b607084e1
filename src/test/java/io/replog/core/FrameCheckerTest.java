package io.replog.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FrameCheckerTest {
  private static final Hash ORIGIN = HashChain.origin(new UUID(1, 2));

  private final HashChain chain = new HashChain();
  private final FrameChecker checker = new FrameChecker(0, ORIGIN);

  private Frame frame(Hash previous, long sequence, long epoch, long timestamp, String... texts) {
    List<byte[]> payloads = List.of(texts).stream().map(text -> text.getBytes(UTF_8)).toList();
    return FrameCodec.encode(chain, previous, sequence, epoch, timestamp, null, payloads);
  }

  private void isRefused(Frame frame, String why) {
    long sequence = checker.sequence();
    Hash hash = checker.hash();
    assertThatThrownBy(() -> checker.check(frame))
        .isInstanceOf(DamagedFrameException.class)
        .hasMessageContaining(why);
    assertThat(checker.sequence()).isEqualTo(sequence);
    assertThat(checker.hash()).isEqualTo(hash);
  }

  @Test
  void framesThatContinueTheLogPass() throws DamagedFrameException {
    Frame one = frame(ORIGIN, 1, 1, 100, "a", "b");
    Frame two = frame(one.last().hash(), 3, 1, 100, "c");
    Frame three = frame(two.last().hash(), 4, 2, 200, "d");
    checker.next(one.bytes().duplicate());
    checker.check(two);
    checker.check(three);
    assertThat(checker.sequence()).isEqualTo(4);
    assertThat(checker.hash()).isEqualTo(three.last().hash());
  }

  @Test
  void aGapADuplicateAndABrokenChainAreRefused() throws DamagedFrameException {
    Frame one = frame(ORIGIN, 1, 1, 100, "a");
    isRefused(frame(ORIGIN, 2, 1, 100, "b"), "sequence 2 where 1 belongs");
    checker.check(one);
    isRefused(one, "sequence 1 where 2 belongs");
    isRefused(frame(ORIGIN, 2, 1, 100, "b"), "hash of entry 2");
  }

  @Test
  void epochsAndTimesThatGoBackAreRefused() throws DamagedFrameException {
    Frame one = frame(ORIGIN, 1, 5, 100, "a");
    checker.check(one);
    isRefused(frame(one.last().hash(), 2, 4, 100, "b"), "epoch 4");
    isRefused(frame(one.last().hash(), 2, 5, 99, "b"), "time 99");
  }
}
