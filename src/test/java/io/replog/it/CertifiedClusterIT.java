package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One command makes the keys and a cluster that uses them, and says how to see that. */
class CertifiedClusterIT {
  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void whatItSaysCanBeTried() throws Exception {
    int port = Ports.free(4);
    Path data = processes.newDirectory("certified");
    ReplogProcess supervisor =
        processes.add(
            "cluster",
            ReplogProcess.SMALL,
            List.of("cluster", "--certified", "--port", "" + port, "--data", data.toString()),
            Map.of());
    supervisor.start();
    try {
      Wait.until(
          "the cluster is ready",
          TestNode.TO_START,
          supervisor,
          () -> supervisor.output().contains("verify-receipt"));
      List<String> curls =
          supervisor.output().lines().map(String::strip).filter(l -> l.startsWith("curl")).toList();
      String append = curls.get(curls.size() - 2);
      String receipt = curls.getLast();

      assertThat(shell(append, data)).contains("\"w\":\"certified\"", "\"satisfied\":true");
      assertThat(shell(receipt, data))
          .contains("message hello", "The receipt holds: ", " of 4 nodes attest it, 3 are needed");
      // the receipt is of this message and no other
      assertThat(shell(receipt + " --message hallo || echo exit $?", data)).endsWith("exit 1\n");
    } finally {
      supervisor.stop();
    }
  }

  /** What a line prints, errors too. */
  private static String shell(String line, Path data) throws Exception {
    Path output = data.resolve("shell.out");
    Process process =
        ReplogProcess.builder(List.of("sh", "-c", line), Map.of())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(line + " has not ended");
    }
    return Files.readString(output, StandardCharsets.UTF_8);
  }
}
