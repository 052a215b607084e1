package io.replog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What no compiler checks: length, names, and nothing of the machine it was written on. */
class TidyTest {
  private static final int LONGEST_SOURCE = 500;

  private static final Pattern VAGUE_NAME =
      Pattern.compile(
          "\\b(?:class|interface|record|enum)\\s+(\\w*(?:Manager|Util|Helper|Impl))\\b");

  /** Home directories and work trees; a package registry other than the public ones. */
  private static final List<Pattern> OF_ONE_MACHINE =
      List.of(
          Pattern.compile("(?<![\\w.}])/(?:root|work|Users/\\w+|home/(?!runner)\\w+)/\\w"),
          Pattern.compile("https?://[^/\\s]*(?:artifactory|nexus|mirror|proxy)[^/\\s]*"),
          Pattern.compile("<(?:mirror|pluginRepository|repository)>"));

  private static final Set<String> NOT_OURS =
      Set.of(".git", ".idea", ".vscode", "target", "replog-data", "node_modules");

  @Test
  void noSourceIsTooLongToRead() throws IOException {
    assertThat(files(TidyTest::isSource))
        .allSatisfy(
            file -> assertThat(text(file).lines().count()).isLessThanOrEqualTo(LONGEST_SOURCE));
  }

  @Test
  void everyClassSaysWhatItIs() throws IOException {
    assertThat(files(TidyTest::isSource))
        .allSatisfy(file -> assertThat(found(VAGUE_NAME, text(file))).isEmpty());
  }

  @Test
  void nothingIsOfOneMachine() throws IOException {
    assertThat(files(file -> true))
        .allSatisfy(
            file -> {
              String text = text(file);
              assertThat(OF_ONE_MACHINE)
                  .allSatisfy(pattern -> assertThat(found(pattern, text)).isEmpty());
            });
  }

  private static boolean isSource(Path file) {
    return file.toString().endsWith(".java");
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group()).toList();
  }

  /** The text of a file; nothing for a file that is not text. */
  private static String text(Path file) throws IOException {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
    } catch (CharacterCodingException binary) {
      return "";
    }
  }

  /** The files that git tracks or would; all of them where the tree is not a clone. */
  private static List<Path> files(Predicate<Path> wanted) throws IOException {
    String listed = listedByGit();
    Stream<Path> all = listed.isEmpty() ? walk() : Stream.of(listed.split("\0", -1)).map(Path::of);
    return all.filter(Files::isRegularFile).filter(wanted).toList();
  }

  private static String listedByGit() throws IOException {
    var command =
        new ProcessBuilder("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    Process git;
    try {
      git = command.start();
    } catch (IOException noGit) {
      return "";
    }
    return new String(git.getInputStream().readAllBytes(), UTF_8);
  }

  private static Stream<Path> walk() throws IOException {
    try (Stream<Path> tree = Files.walk(Path.of(""))) {
      return tree.filter(file -> !isNotOurs(file)).toList().stream();
    }
  }

  private static boolean isNotOurs(Path file) {
    for (Path part : file) {
      if (NOT_OURS.contains(part.toString())) {
        return true;
      }
    }
    return false;
  }
}
