package io.replog.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.yaml.snakeyaml.Yaml;

/**
 * What {@code compose.yaml} starts: the same commands with the same environment as plain processes,
 * each service's name and port replaced by one of this machine.
 */
class ComposeIT {
  private static final Path FILE = Path.of("compose.yaml");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+):-([^}]*)}");
  private static final Duration TO_START = Duration.ofSeconds(90);
  private static final Duration DELAY = Duration.ofMillis(700);

  @RegisterExtension final Processes processes = Processes.ofOneTest();

  private final Map<String, Integer> ports = new LinkedHashMap<>();

  @Test
  void theFileIsWhatTheScriptWritesForTwo() throws IOException, InterruptedException {
    Process script =
        new ProcessBuilder("compose/generate", "2")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String written = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(script.waitFor()).isZero();
    assertThat(written).isEqualTo(Files.readString(FILE));
  }

  @Test
  void itsServicesAreAClusterAndAnEchoPair() throws IOException {
    Map<String, Object> services = map(read().get("services"));
    assertThat(services.keySet())
        .containsExactlyInAnyOrder(
            "master", "secondary-0", "secondary-1", "echo-server", "echo-client");
    services.keySet().forEach(name -> ports.put(name, Ports.free()));
    Map<String, String> outside = Map.of("SECONDARY_DELAYS", "0," + DELAY.toMillis());

    for (String name : List.of("secondary-0", "secondary-1", "master", "echo-server")) {
      process(name, map(services.get(name)), outside).start();
    }
    NodeApi master = new NodeApi(url("master"));
    Wait.until(
        "the master has three copies",
        TO_START,
        () ->
            master.clusterOrNone().stream()
                .anyMatch(
                    cluster ->
                        cluster.list("nodes").stream()
                                .filter(node -> Boolean.TRUE.equals(node.truth("voting")))
                                .count()
                            == 2));

    long began = System.nanoTime();
    assertThat(master.append(Append.of("hello")).status()).isEqualTo(201);
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .as("the default is w=all, and the second secondary is slow")
        .isGreaterThanOrEqualTo(DELAY);
    for (String node : List.of("master", "secondary-0", "secondary-1")) {
      assertThat(new NodeApi(url(node)).messages()).containsExactly("hello");
    }

    ReplogProcess client = process("echo-client", map(services.get("echo-client")), outside);
    client.start();
    assertThat(client.awaitExit(TO_START)).as("%s", client.output()).isZero();
    assertThat(client.output()).contains("hello");
  }

  private URI url(String service) {
    return TestNode.url(ports.getOrDefault(service, 0));
  }

  private ReplogProcess process(
      String name, Map<String, Object> service, Map<String, String> outside) {
    List<String> command = new ArrayList<>();
    for (Object word : (List<?>) service.getOrDefault("command", List.of())) {
      command.add(here(word.toString(), name, outside));
    }
    Map<String, String> environment = new HashMap<>();
    map(service.getOrDefault("environment", Map.of()))
        .forEach((key, value) -> environment.put(key, here(value.toString(), name, outside)));
    // what the image sets
    environment.put("REPLOG_HOST", "127.0.0.1");
    environment.put("REPLOG_DATA", processes.newDirectory(name).toString());
    return processes.add(name, ReplogProcess.SMALL, command, environment);
  }

  /** The value as Compose reads it, with the names of services as addresses of this machine. */
  private String here(String text, String own, Map<String, String> outside) {
    String value =
        VARIABLE
            .matcher(text)
            .replaceAll(found -> outside.getOrDefault(found.group(1), found.group(2)));
    for (Map.Entry<String, Integer> service : ports.entrySet()) {
      value = value.replace("//" + service.getKey() + ":8080", "//127.0.0.1:" + service.getValue());
    }
    int port = ports.getOrDefault(own.equals("echo-client") ? "echo-server" : own, 0);
    return switch (value) {
      case "8080", "7007" -> Integer.toString(port);
      case "0.0.0.0", "echo-server" ->
          own.equals("echo-server") && value.equals("echo-server") ? value : "127.0.0.1";
      default -> value;
    };
  }

  private static Map<String, Object> read() throws IOException {
    return map(new Yaml().load(Files.readString(FILE)));
  }

  private static Map<String, Object> map(Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    ((Map<?, ?>) value).forEach((key, member) -> map.put(key.toString(), member));
    return map;
  }
}
