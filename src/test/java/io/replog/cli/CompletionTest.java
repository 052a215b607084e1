package io.replog.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What {@code generate-completion} prints completes in a real bash. */
class CompletionTest {
  /** The top of the command line, as the program has it. */
  @Command(name = "replog", mixinStandardHelpOptions = true)
  static final class Top implements Runnable {
    @Override
    public void run() {}
  }

  private static List<String> completed(Path directory, String... words)
      throws IOException, InterruptedException {
    CommandLine line = Commands.commandLine(new Top(), options -> 0);
    Path script = directory.resolve("completion");
    Files.writeString(script, AutoComplete.bash("replog", line), UTF_8);
    String typed =
        """
        source "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
        function_of=$(complete -p replog | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
        "$function_of"
        printf '%s\\n' "${COMPREPLY[@]}"
        """;
    ProcessBuilder bash =
        new ProcessBuilder("bash", "-c", typed, "bash", script.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    bash.command().addAll(List.of(words));
    Process process = bash.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return output.lines().map(String::strip).toList();
  }

  @Test
  void commandsAndOptionsAreCompleted(@TempDir Path directory) throws Exception {
    assertThat(completed(directory, "./replog", "scen")).containsExactly("scenario");
    assertThat(completed(directory, "replog", "status", "--wa")).containsExactly("--watch");
    assertThat(completed(directory, "replog", "s")).contains("scenario", "status", "secondary");
  }

  @Test
  void valuesOfAClosedSetAreCompleted(@TempDir Path directory) throws Exception {
    assertThat(completed(directory, "replog", "read", "--concern", "lin"))
        .containsExactly("linearizable");
  }
}
