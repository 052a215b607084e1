package io.replog.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFileTest {
  @TempDir Path directory;

  private WatchedFile<Tokens> watched(Path file) {
    return new WatchedFile<>(file, 200, Tokens::parse);
  }

  @Test
  void whatCannotBeUsedChangesNothing() throws IOException {
    Path file = Files.writeString(directory.resolve("tokens"), "a read 0123456789abcdef");
    WatchedFile<Tokens> tokens = watched(file);
    for (String broken : new String[] {"", "a read", "#".repeat(201)}) {
      Files.writeString(file, broken);
      assertThat(tokens.look()).isFalse();
      assertThat(tokens.get().holder("0123456789abcdef")).isNotNull();
    }
    Files.delete(file);
    assertThat(tokens.look()).isFalse();
    assertThat(tokens.get().holder("0123456789abcdef")).isNotNull();

    Files.writeString(file, "a read fedcba9876543210");
    assertThat(tokens.look()).isTrue();
    assertThat(tokens.get().holder("0123456789abcdef")).isNull();
    assertThat(tokens.get().holder("fedcba9876543210")).isNotNull();
    assertThat(tokens.look()).isFalse();
  }

  @Test
  void aLinkThatIsSwappedIsAChange() throws IOException {
    Files.writeString(directory.resolve("one"), "a read 0123456789abcdef");
    Files.writeString(directory.resolve("two"), "a read fedcba9876543210");
    Path link = directory.resolve("tokens");
    Files.createSymbolicLink(link, directory.resolve("one"));
    WatchedFile<Tokens> tokens = watched(link);

    Files.delete(link);
    Files.createSymbolicLink(link, directory.resolve("two"));

    assertThat(tokens.look()).isTrue();
    assertThat(tokens.get().holder("fedcba9876543210")).isNotNull();
  }

  @Test
  void aNodeDoesNotStartWithAFileThatSaysNothing() {
    assertThatThrownBy(() -> watched(directory.resolve("none")))
        .isInstanceOf(BadTrustFileException.class)
        .hasMessageContaining("none");
  }
}
