package io.replog.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokensTest {
  private static final String TOKEN = "0123456789abcdef";

  @Test
  void onlyTheWholeTokenIsKnown() {
    Tokens tokens = Tokens.parse("# of the web\n\nweb append " + TOKEN + "\n");

    assertThat(tokens.holder(TOKEN)).isEqualTo(new Tokens.Holder("web", Role.APPEND));
    assertThat(tokens.holder("")).isNull();
    assertThat(tokens.holder(TOKEN.substring(1))).isNull();
    assertThat(tokens.holder(TOKEN + "0")).isNull();
    assertThat(tokens.holder(TOKEN.toUpperCase(java.util.Locale.ROOT))).isNull();
    assertThat(tokens.holder("x".repeat(1_000_000))).isNull();
  }

  @Test
  void aHashOpensToItsTokenAndNotToItself() {
    String hash = "sha256:" + HexFormat.of().formatHex(Digests.sha256(TOKEN));
    Tokens tokens = Tokens.parse("grafana read " + hash);

    assertThat(tokens.holder(TOKEN)).isEqualTo(new Tokens.Holder("grafana", Role.READ));
    assertThat(tokens.holder(hash)).isNull();
  }

  @Test
  void aNameMayHaveTwoTokens() {
    Tokens tokens = Tokens.parse("web read old-0123456789ab\nweb append new-0123456789ab");

    assertThat(tokens.size()).isEqualTo(2);
    assertThat(tokens.holder("old-0123456789ab").role()).isEqualTo(Role.READ);
    assertThat(tokens.holder("new-0123456789ab").role()).isEqualTo(Role.APPEND);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "\"\"                                 | no token",
        "web read                             | NAME ROLE TOKEN",
        "web admin 0123456789abcdef           | read, append or operate",
        "web read short                       | 16 to 1024",
        "web read 0123456789abcdef'           | 16 to 1024",
        "w/b read 0123456789abcdef            | the name",
        "web read sha256:12                   | 64 hex digits",
        "web read 0123456789abcdef more       | NAME ROLE TOKEN",
      })
  void whatIsWrongIsSaidByLineAndNeverQuoted(String text, String says) {
    assertThatThrownBy(() -> Tokens.parse(text))
        .isInstanceOf(BadTrustFileException.class)
        .hasMessageContaining(says)
        .hasMessageNotContaining("0123456789abcdef");
  }

  @Test
  void theSameTokenTwiceIsAMistake() {
    assertThatThrownBy(() -> Tokens.parse("a read " + TOKEN + "\nb operate " + TOKEN))
        .hasMessageContaining("line 2");
  }
}
