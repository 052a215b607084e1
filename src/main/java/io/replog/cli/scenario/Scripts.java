package io.replog.cli.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where scripts come from: those in the jar by their names, others from files. */
public final class Scripts {
  /** Those in the jar, in the order in which they teach. */
  public static final List<String> NAMES =
      List.of(
          "acceptance",
          "write-concern",
          "inconsistency",
          "exactly-once",
          "failover",
          "split-brain");

  private Scripts() {}

  /**
   * The text of a script.
   *
   * @param name of one in the jar, or a file
   * @throws BadScriptException if there is none of that name, or the file cannot be read
   */
  public static String text(String name) throws BadScriptException {
    try {
      if (NAMES.contains(name)) {
        return ofTheJar(name);
      }
      return Files.readString(Path.of(name), UTF_8);
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new BadScriptException(name, "it is not UTF-8");
    } catch (IOException | java.nio.file.InvalidPathException e) {
      throw new BadScriptException(
          name,
          "there is no such file, nor a script of that name; there are "
              + String.join(", ", NAMES));
    }
  }

  private static String ofTheJar(String name) throws IOException {
    try (InputStream in = Scripts.class.getResourceAsStream("/scenarios/" + name + ".yaml")) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks the script " + name);
      }
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
