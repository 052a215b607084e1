package io.replog.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AllowanceTest {
  private final Allowance allowance = new Allowance(2, 3);

  @Test
  void oneNodeThatSaysMuchLeavesSomethingToTheOthers() {
    assertThat(allowance.take("a")).isTrue();
    assertThat(allowance.take("a")).isTrue();
    assertThat(allowance.take("a")).isFalse();
    assertThat(allowance.take("b")).isTrue();
  }

  @Test
  void allTogetherGetNoMoreUntilTheNextHeartbeat() {
    allowance.take("a");
    allowance.take("b");
    allowance.take(null);

    assertThat(allowance.take("c")).isFalse();
    allowance.renew();
    assertThat(allowance.take("c")).isTrue();
  }
}
