package io.replog;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.FrameFuzz;
import io.replog.http.RequestFuzz;
import io.replog.replication.StreamFuzz;
import io.replog.storage.StateFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The entry points that a fuzzer has, over all inputs that were kept, and over each of them cut at
 * every place and changed a little. What a fuzzer finds is put among them (docs/testing.md).
 */
class FuzzCorpusTest {
  private static final Path CORPUS = Path.of("src", "test", "fuzz");

  /** Where a fuzzer may begin: all that is known, one file each. */
  private static final Path START = Path.of("target", "fuzz");

  private static final int CHANGES = 300;

  static Stream<Arguments> targets() {
    return Stream.of(
        target("frame", FrameFuzz.seeds(), FrameFuzz::fuzzerTestOneInput),
        target("stream", StreamFuzz.seeds(), StreamFuzz::fuzzerTestOneInput),
        target("state", StateFuzz.seeds(), StateFuzz::fuzzerTestOneInput),
        target("request", RequestFuzz.seeds(), RequestFuzz::fuzzerTestOneInput));
  }

  private static Arguments target(String name, List<byte[]> seeds, Consumer<byte[]> entry) {
    return Arguments.of(name, seeds, entry);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("targets")
  void whatIsKnownIsTakenOrRefused(String name, List<byte[]> seeds, Consumer<byte[]> entry)
      throws IOException {
    List<byte[]> inputs = new ArrayList<>(seeds);
    inputs.addAll(kept(name));
    assertThat(inputs).isNotEmpty();
    Path start = Files.createDirectories(START.resolve(name));
    int tried = 0;
    for (byte[] bytes : inputs) {
      Files.write(start.resolve(Integer.toHexString(Arrays.hashCode(bytes))), bytes);
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i <= bytes.length + CHANGES; i++) {
        byte[] changed = i <= bytes.length ? Arrays.copyOf(bytes, i) : changed(bytes, random);
        try {
          entry.accept(changed);
          tried++;
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError(name + ": " + Base64.getEncoder().encodeToString(changed), e);
        }
      }
    }
    System.out.printf("fuzz %s: %d inputs known, %d tried%n", name, inputs.size(), tried);
  }

  private static List<byte[]> kept(String name) throws IOException {
    Path directory = CORPUS.resolve(name);
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    List<byte[]> inputs = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        inputs.add(Files.readAllBytes(file));
      }
    }
    return inputs;
  }

  private static byte[] changed(byte[] bytes, SplittableRandom random) {
    byte[] changed = bytes.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      changed[random.nextInt(changed.length)] = (byte) random.nextInt();
    }
    return changed;
  }
}
