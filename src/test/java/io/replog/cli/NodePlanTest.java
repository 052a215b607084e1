package io.replog.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.replog.config.ClusterSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodePlanTest {
  private static final Path DATA = Path.of("my data");

  private static List<String> commands(int masters, String host, Duration... delays) {
    ClusterSettings settings =
        new ClusterSettings(masters, List.of(delays), host, 8080, DATA, true);
    return NodePlan.of(settings, DATA).stream()
        .map(plan -> plan.url() + " " + ThisProgram.quoted(plan.arguments()))
        .toList();
  }

  @Test
  void mastersComeFirstAndKnowAllSecondaries() {
    assertThat(commands(2, "127.0.0.1", Duration.ZERO, Duration.ofMillis(500)))
        .containsExactly(
            "http://127.0.0.1:8080 master --port 8080 --data 'my data/master-0' --id master-0"
                + " --secondaries http://127.0.0.1:8082,http://127.0.0.1:8083",
            "http://127.0.0.1:8081 master --port 8081 --data 'my data/master-1' --id master-1"
                + " --secondaries http://127.0.0.1:8082,http://127.0.0.1:8083",
            "http://127.0.0.1:8082 secondary --port 8082 --data 'my data/secondary-0'"
                + " --id secondary-0",
            "http://127.0.0.1:8083 secondary --port 8083 --data 'my data/secondary-1'"
                + " --id secondary-1 --delay 500");
  }

  @Test
  void aMasterAloneAndAnyInterface() {
    assertThat(commands(1, "0.0.0.0"))
        .containsExactly(
            "http://127.0.0.1:8080 master --port 8080 --data 'my data/master-0' --id master-0"
                + " --host 0.0.0.0");
  }
}
