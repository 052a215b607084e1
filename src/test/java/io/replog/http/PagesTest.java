package io.replog.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PagesTest {
  private static final Path SOURCES = Path.of("src", "main", "resources", "pages");
  private static final String[] BROWSER = {
    "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
  };

  @TempDir Path directory;
  private Api api;

  @BeforeEach
  void start() {
    api = Api.over(directory);
  }

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void aBrowserGetsThePageAndEverythingElseText() {
    Api.Answer page = api.get("/", BROWSER);
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.type()).isEqualTo("text/html;charset=utf-8");
    assertThat(page.body()).startsWith("<!doctype html>");
    for (String accept : List.of("*/*", "text/plain", "application/json")) {
      assertThat(api.get("/", "Accept", accept).type()).as(accept).startsWith("text/plain");
    }
    assertThat(api.get("/").body()).contains("replog: master-0 (MASTER)").contains("/openapi.yml");
    assertThat(api.get("/api").body()).contains("swagger-ui-bundle.js");
  }

  @Test
  void aBrowserIsToldToRunNothingButWhatIsInTheJar() {
    for (String path : List.of("/", "/api", "/pages/dashboard.js", "/pages/style.css")) {
      Api.Answer answer = api.get(path, BROWSER);
      assertThat(answer.status()).as(path).isEqualTo(200);
      assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
      assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
      assertThat(answer.header("Content-Security-Policy"))
          .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
          .doesNotContain("unsafe", "http:", "https:", "*");
    }
  }

  @Test
  void whatABrowserHasIsNotSentAgain() {
    String tag = api.get("/pages/style.css").header("ETag");
    assertThat(api.get("/pages/style.css", "If-None-Match", tag).status()).isEqualTo(304);
    assertThat(api.get("/pages/style.css", "If-None-Match", "\"other\"").status()).isEqualTo(200);
  }

  @Test
  void everyFileIsServedAndNothingElse() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("index.html", "dashboard.js")
          .allSatisfy(name -> assertThat(api.get("/pages/" + name).status()).isEqualTo(200));
    }
    assertThat(api.get("/pages/chart.umd.min.js").body()).contains("Chart.js v");
    for (String name : List.of("application.yml", "..%2Fapplication.yml", "logback.xml", ".")) {
      Api.Answer answer = api.get("/pages/" + name);
      assertThat(answer.status()).as(name).isEqualTo(404);
      assertThat(answer.problem()).isEqualTo("not-found");
    }
    assertThat(api.get("/pages/style.css?v=1").problem()).isEqualTo("invalid-request");
  }

  /** What the page loads and asks for is its own node's; there is no HTML made of strings. */
  @Test
  void thePagesAskNobodyElse() throws IOException {
    Pattern elsewhere = Pattern.compile("(?:https?:)?//(?!www\\.w3\\.org/)[a-z]");
    Pattern html =
        Pattern.compile("innerHTML\\s*=[^=]|insertAdjacentHTML|outerHTML|document\\.write");
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        String text = Files.readString(file, UTF_8).replaceAll("(?m)^\\s*//.*$", "");
        assertThat(elsewhere.matcher(text).find()).as("%s loads from elsewhere", file).isFalse();
        assertThat(html.matcher(text).find()).as("%s makes HTML", file).isFalse();
      }
    }
  }
}
