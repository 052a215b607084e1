package io.replog.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.AppendRequest;
import io.replog.core.Refusal;
import io.replog.core.WriteConcern;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
  private static final int MIB = 1 << 20;

  private final Arrivals arrivals = new Arrivals(0);

  private static AppendRequest of(List<byte[]> messages) {
    return new AppendRequest(messages, new WriteConcern.All(), true, null, null, null);
  }

  private static AppendRequest ofSize(int bytes) {
    return of(List.of(new byte[bytes]));
  }

  @Test
  void asManyEnterAsMay() {
    for (int i = 0; i < Arrivals.LIMIT; i++) {
      assertThat(arrivals.full()).isNull();
      assertThat(arrivals.enter(ofSize(100))).isNull();
    }
    Refusal.Overloaded refusal = new Refusal.Overloaded(Arrivals.LIMIT);
    assertThat(arrivals.full()).isEqualTo(refusal);
    assertThat(arrivals.enter(ofSize(100))).isEqualTo(refusal);

    arrivals.leave(ofSize(100));

    assertThat(arrivals.full()).isNull();
    assertThat(arrivals.enter(ofSize(100))).isNull();
  }

  @Test
  void longOnesTakeNoMoreMemoryThanTheyMayAndDoNotKeepShortOnesOut() {
    Refusal.TooMuchAtOnce refusal = new Refusal.TooMuchAtOnce(12 * MIB);
    for (int i = 0; i < 11; i++) {
      assertThat(arrivals.enter(ofSize(MIB))).isNull();
    }
    assertThat(arrivals.enter(ofSize(MIB))).isEqualTo(refusal);
    assertThat(arrivals.enter(ofSize(100))).isNull();

    arrivals.leave(ofSize(MIB));

    assertThat(arrivals.enter(ofSize(MIB))).isNull();
    assertThat(arrivals.enter(ofSize(MIB))).isEqualTo(refusal);
  }

  @Test
  void manyMessagesWithoutATextTakeMemoryToo() {
    AppendRequest batch = of(Collections.nCopies(100_000, new byte[0]));
    for (int i = 0; i < 3; i++) {
      assertThat(arrivals.enter(batch)).isNull();
    }
    assertThat(arrivals.enter(batch)).isInstanceOf(Refusal.TooMuchAtOnce.class);
  }

  @Test
  void theLongestFitsInTheSmallestHeap() {
    assertThat(arrivals.enter(of(Collections.nCopies(8, new byte[MIB])))).isNull();
  }
}
