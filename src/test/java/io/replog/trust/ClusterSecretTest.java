package io.replog.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.replog.trust.ClusterSecret.Check;
import io.replog.trust.ClusterSecret.Keys;
import org.junit.jupiter.api.Test;

class ClusterSecretTest {
  private static final String OLD = "the old secret of it\n";
  private static final String NEW = "the new secret of it\n";

  private long now = 1_000_000_000_000L;

  private ClusterSecret of(String text) {
    return new ClusterSecret(() -> Keys.parse(text), () -> now);
  }

  @Test
  void aRequestIsTakenOnceAndOnlyWithinTheWindow() {
    ClusterSecret node = of(OLD);
    String signed = of(OLD).sign("POST", "/replicate");

    assertThat(node.check(signed, "POST", "/secondaries")).isInstanceOf(Check.Unknown.class);
    assertThat(node.check(signed, "GET", "/replicate")).isInstanceOf(Check.Unknown.class);
    assertThat(node.check(signed, "POST", "/replicate")).isEqualTo(new Check.Known());
    assertThat(node.check(signed, "POST", "/replicate"))
        .isEqualTo(new Check.Unknown("used before"));

    String late = of(OLD).sign("POST", "/replicate");
    now += ClusterSecret.WINDOW.toMillis() + 1000;
    assertThat(node.check(late, "POST", "/replicate"))
        .isEqualTo(
            new Check.Unknown("the clocks of the two nodes are 301 s apart; allowed: 300 s"));
  }

  @Test
  void aSenderWhoseClockIsAheadCannotBeReplayedLater() {
    ClusterSecret node = of(OLD);
    now += 299_000;
    String ahead = of(OLD).sign("POST", "/replicate");
    now -= 299_000;
    assertThat(node.check(ahead, "POST", "/replicate")).isEqualTo(new Check.Known());
    now += 598_000;
    assertThat(node.check(ahead, "POST", "/replicate")).isEqualTo(new Check.Unknown("used before"));
  }

  @Test
  void anotherSecretIsNone() {
    String signed = of(NEW).sign("POST", "/replicate");

    assertThat(of(OLD).check(signed, "POST", "/replicate")).isInstanceOf(Check.Unknown.class);
    for (String odd :
        new String[] {
          "", "Replog-Node", "Replog-Node a b c", "Replog-Node 1 2 3 4", signed + "x"
        }) {
      assertThat(of(NEW).check(odd, "POST", "/replicate"))
          .as(odd)
          .isInstanceOf(Check.Unknown.class);
    }
  }

  @Test
  void nodesChangeOverOneByOne() {
    String before = of(OLD + NEW).sign("POST", "/x");
    String after = of(NEW + OLD).sign("POST", "/x");

    assertThat(of(NEW + OLD).check(before, "POST", "/x")).isEqualTo(new Check.Known());
    assertThat(of(OLD + NEW).check(after, "POST", "/x")).isEqualTo(new Check.Known());
    assertThat(of(OLD).proves(of(NEW + OLD).proof(before, "POST", "/x"), before)).isTrue();
    assertThat(of(NEW).check(before, "POST", "/x")).isInstanceOf(Check.Unknown.class);
  }

  @Test
  void whoAnswersProvesTheSecretToo() {
    String signed = of(OLD).sign("POST", "/replicate");

    assertThat(of(OLD).proves(of(OLD).proof(signed, "POST", "/replicate"), signed)).isTrue();
    assertThat(of(OLD).proves(of(NEW).proof(signed, "POST", "/replicate"), signed)).isFalse();
    assertThat(of(OLD).proves(null, signed)).isFalse();
    assertThat(of(OLD).proves(signed.substring(signed.lastIndexOf(' ') + 1), signed)).isFalse();
  }

  @Test
  void aSecretThatIsGuessedIsRefused() {
    assertThatThrownBy(() -> Keys.parse("secret")).hasMessageContaining("at least 16");
    assertThatThrownBy(() -> Keys.parse("\n")).hasMessageContaining("one line");
    assertThatThrownBy(() -> Keys.parse(OLD + NEW + OLD)).hasMessageContaining("not 3");
  }
}
