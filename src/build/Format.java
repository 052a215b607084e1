import com.google.googlejavaformat.java.Main;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Formats every Java source below the given directories, or checks that they are formatted: {@code
 * Format check|apply DIR...}. Run by the build in the JDK that compiles the sources.
 */
final class Format {
  public static void main(String[] args) throws Exception {
    boolean apply = args[0].equals("apply");
    List<String> call =
        new ArrayList<>(
            apply ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
    for (String directory : List.of(args).subList(1, args.length)) {
      try (var files = Files.walk(Path.of(directory))) {
        files
            .map(Path::toString)
            .filter(name -> name.endsWith(".java"))
            .sorted()
            .forEach(call::add);
      }
    }
    var out = new PrintWriter(System.out, true);
    int code =
        new Main(out, new PrintWriter(System.err, true), System.in)
            .format(call.toArray(String[]::new));
    if (code != 0 && !apply) {
      out.println(
          "The files named above are not formatted; this formats them: mvn -q -Pformat validate");
    }
    System.exit(code);
  }
}
