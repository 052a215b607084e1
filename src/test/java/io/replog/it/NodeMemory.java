package io.replog.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node holds at a moment: the bytes of its objects that somebody still refers to, and those
 * of its buffers outside the heap. The node must run with {@link #COUNTED}.
 */
record NodeMemory(long heap, long buffers) {
  /** What lets a node's JVM count what it takes outside its heap. */
  static final String COUNTED = "-XX:NativeMemoryTracking=summary";

  private static final Pattern OBJECTS = Pattern.compile("(?m)^Total +\\d+ +(\\d+)$");
  private static final Pattern BUFFERS =
      Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB\\)");
  private static final long KIB = 1024;

  /** Has the node collect its garbage, and counts what is left. */
  static NodeMemory of(ReplogProcess node) {
    return new NodeMemory(
        number(OBJECTS, jcmd(node, "GC.class_histogram")),
        number(BUFFERS, jcmd(node, "VM.native_memory", "summary")) * KIB);
  }

  private static long number(Pattern where, String text) {
    Matcher found = where.matcher(text);
    if (!found.find()) {
      throw new AssertionError(where + " is not in " + text);
    }
    return Long.parseLong(found.group(1));
  }

  private static String jcmd(ReplogProcess node, String... question) {
    String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    List<String> command = new ArrayList<>(List.of(program, Long.toString(node.pid())));
    command.addAll(List.of(question));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(command + ": " + said);
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public String toString() {
    return "%d KiB of objects, %d KiB of buffers".formatted(heap / KIB, buffers / KIB);
  }
}
