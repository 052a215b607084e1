package io.replog.cli;

import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How this process was started, so that another can be started like it.
 *
 * @param command the Java binary, its flags and the program
 * @param shown the same as somebody would type it
 */
record ThisProgram(List<String> command, String shown) {
  private static final String MAIN_CLASS = "io.replog.Application";

  /**
   * @param notInherited system properties that another process is not to have
   */
  static ThisProgram find(Set<String> notInherited) {
    List<String> java =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      boolean left = notInherited.stream().anyMatch(name -> flag.startsWith("-D" + name + "="));
      if (!left && !isOfThisProcessAlone(flag)) {
        java.add(flag);
      }
    }
    Path code = code();
    if (Files.isDirectory(code)) {
      java.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN_CLASS));
      return new ThisProgram(List.copyOf(java), quoted(java));
    }
    java.addAll(List.of("-jar", code.toString()));
    return new ThisProgram(List.copyOf(java), script(code, java));
  }

  private static boolean isOfThisProcessAlone(String flag) {
    return flag.startsWith("-agentlib:jdwp")
        || flag.startsWith("-XX:AOTCacheOutput")
        || flag.startsWith("-XX:AOTMode=record")
        || flag.startsWith("-XX:ArchiveClassesAtExit");
  }

  /** Words as a shell takes them. */
  static String quoted(List<String> words) {
    return words.stream()
        .map(
            word ->
                word.matches("[A-Za-z0-9_@%+=:,./-]+")
                    ? word
                    : "'" + word.replace("'", "'\\''") + "'")
        .collect(Collectors.joining(" "));
  }

  /** The jar or directory that this class came from. */
  private static Path code() {
    CodeSource source = ThisProgram.class.getProtectionDomain().getCodeSource();
    try {
      return Path.of(Objects.requireNonNull(source).getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the place of the program", e);
    }
  }

  /** The script beside the jar if there is one: from here if it is here. */
  private static String script(Path jar, List<String> java) {
    Path build = jar.getParent();
    Path home = build == null ? null : build.getParent();
    if (home == null || !isProgram(home.resolve("replog"))) {
      return quoted(java);
    }
    boolean here = home.equals(Path.of("").toAbsolutePath());
    return here ? "./replog" : quoted(List.of(home.resolve("replog").toString()));
  }

  /** A directory may be searched, which is called executable too. */
  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
