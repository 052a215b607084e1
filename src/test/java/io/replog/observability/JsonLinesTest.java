package io.replog.observability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.status.Status;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JsonLinesTest {
  private static final Pattern KEY = Pattern.compile("([A-Za-z]+)=\\{}");

  private static Map<String, Object> line(String message, Throwable cause, Object... arguments)
      throws IOException {
    LoggerContext context = new LoggerContext();
    JsonLines encoder = new JsonLines();
    encoder.setContext(context);
    encoder.start();
    LoggingEvent event =
        new LoggingEvent(
            "here", context.getLogger("io.replog.X"), Level.WARN, message, cause, arguments);
    String text = new String(encoder.encode(event), UTF_8);
    assertThat(text).endsWith("}\n").hasLineCount(1);
    Map<String, Object> members = new LinkedHashMap<>();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      assertThat(json.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      while (json.nextToken() != JsonToken.END_OBJECT) {
        JsonToken value = json.nextToken();
        members.put(
            json.currentName(),
            value == JsonToken.VALUE_NUMBER_INT ? (Object) json.getLongValue() : json.getText());
      }
    }
    return members;
  }

  @Test
  void aLineHasWhatHappenedAndEachKey() throws IOException {
    Map<String, Object> line = line("cut {} from={} file={}", null, "back", 7L, "a\nb");
    assertThat(line)
        .containsEntry("level", "WARN")
        .containsEntry("logger", "io.replog.X")
        .containsEntry("message", "cut back from=7 file=a\nb")
        .containsEntry("from", 7L)
        .containsEntry("file", "a\nb")
        .containsKeys("time", "thread")
        .hasSize(7);
  }

  @Test
  void anExceptionIsAMember() throws IOException {
    Map<String, Object> line = line("broken why={}", new IllegalStateException("no"), "x");
    assertThat(line.get("exception").toString()).contains("IllegalStateException: no", "at ");
    assertThat(line).containsEntry("why", "x");
  }

  @Test
  void whatIsMissingOrNoTextDoesNotHurt() throws IOException {
    assertThat(line("no arguments", null)).containsEntry("message", "no arguments");
    assertThat(line("a={} b={}", null, "only one")).containsEntry("a", "only one");
    assertThat(line("a={}", null, "\ud800")).containsEntry("a", "?");
  }

  /** What logback thinks of its configuration it would print at every start of every command. */
  @Test
  void theConfigurationIsNothingToComplainOf() throws Exception {
    LoggerContext context = new LoggerContext();
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(Path.of("src", "main", "resources", "logback.xml").toFile());

    assertThat(context.getStatusManager().getCopyOfStatusList())
        .isNotEmpty()
        .allSatisfy(status -> assertThat(status.getLevel()).isLessThanOrEqualTo(Status.INFO));
  }

  @Test
  void everyKeyOfTheLogIsNamedOnce() throws IOException {
    TreeSet<String> used = new TreeSet<>();
    try (Stream<Path> sources = Files.walk(Path.of("src", "main", "java"))) {
      for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        String text = Files.readString(source, UTF_8);
        if (text.contains("LoggerFactory.getLogger")) {
          KEY.matcher(text).results().forEach(found -> used.add(found.group(1)));
        }
      }
    }
    assertThat(used).isEqualTo(new TreeSet<>(LogKeys.ALL.keySet()));
    assertThat(used).doesNotContain("time", "level", "logger", "thread", "message", "exception");
  }
}
