package io.replog.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The dashboard of a cluster that answers only whoever shows a token. */
@Timeout(120)
class DashboardTokenIT {
  private static final String READER = "reader-token-0123456789";
  private static final String WRITER = "writer-token-0123456789";

  /** What a browser itself writes to the console when an answer is no success. */
  private static final Pattern REFUSALS = Pattern.compile("(?s).*status of (401|403) .*");

  @RegisterExtension static final Processes processes = Processes.ofAllTests();

  private static Chromium chromium;
  private static Path tokens;
  private static TestNode master;

  @BeforeAll
  static void start() throws IOException {
    chromium = Chromium.start();
    PlaywrightAssertions.setDefaultAssertionTimeout(15_000);
    Path files = Files.createDirectories(processes.newDirectory("trust"));
    tokens = files.resolve("tokens");
    know("reader read " + READER, "writer append " + WRITER);
    Path secret = Files.writeString(files.resolve("secret"), "the secret of this cluster\n");
    TestCluster cluster =
        TestCluster.with(processes)
            .secondaries(1)
            .faults()
            .setting("REPLOG_AUTH_TOKENS_FILE", tokens.toString())
            .setting("REPLOG_CLUSTER_SECRET_FILE", secret.toString())
            .make();
    cluster.nodes().forEach(TestNode::start);
    cluster.nodes().forEach(TestNode::awaitReady);
    master = cluster.master();
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
  }

  private static void know(String... lines) throws IOException {
    Files.writeString(tokens, String.join("\n", lines) + "\n");
  }

  private static Page open(int width) {
    return chromium.open(master.url(), width, ColorScheme.LIGHT);
  }

  private static void show(Page page, String token) {
    page.locator("#token").fill(token);
    page.keyboard().press("Enter");
  }

  @Test
  void withoutATokenThePageSaysWhatItNeedsAndWithOneItWorks() throws IOException {
    Page page = open(1280);
    Locator why = page.locator("#token-why");
    assertThat(why).hasText("This cluster answers only whoever shows a token.");
    assertThat(page.locator("#token")).isFocused();
    assertThat(page.locator("main > section:visible")).hasCount(1);
    assertThat(page.locator("[data-node]")).hasCount(0);
    Chromium.assertAccessible(page, "without a token");

    show(page, "nobody-knows-this-one");
    assertThat(why).containsText("this token is not known here");
    assertThat(page.locator("[data-node]")).hasCount(0);
    show(page, "no token at all");
    assertThat(why).containsText("A token has 1 to 1024 letters");

    show(page, READER);
    for (String node : List.of("master-0", "secondary-0")) {
      assertThat(page.locator("[data-node=" + node + "]")).containsText("healthy");
    }
    assertThat(page.locator("#access")).isHidden();
    page.locator("#message").fill("by a reader");
    page.locator("#send").click();
    assertThat(page.locator("#answers li").first()).containsText("403 this needs: append");

    page.locator("#token-open").click();
    assertThat(page.locator("#token")).isFocused();
    show(page, WRITER);
    page.locator("#message").fill("by a writer");
    page.locator("#send").click();
    assertThat(page.locator("#answers li").first().locator(".result")).containsText("201");
    // the relayed log of the other node, and the timeline, need the token too
    Locator newest = page.locator("#logs tbody tr").first().locator("td");
    assertThat(newest).hasText(new String[] {"by a writer", "by a writer"});
    assertThat(page.locator("[data-lane=secondary-0]")).containsText("durable");

    assertThat(page.evaluate("[location.href, document.cookie, ...Object.values(localStorage)]"))
        .asString()
        .doesNotContain(READER, WRITER);
    page.reload();
    assertThat(page.locator("[data-node=master-0]")).containsText("healthy");

    // a token that is no longer good is asked for again, and nothing is shown meanwhile
    know("reader read " + READER);
    assertThat(why).containsText("this token is not known here");
    assertThat(page.locator("main > section:visible")).hasCount(1);
    show(page, READER);
    assertThat(page.locator("#access")).isHidden();
    assertThat(page.locator("[data-node=secondary-0]")).isVisible();

    page.locator("#token-open").click();
    page.locator("#forget").click();
    assertThat(why).hasText("This cluster answers only whoever shows a token.");
    assertThat(page.evaluate("sessionStorage.length")).isEqualTo(0);
    page.context().close();
    assertThat(chromium.complaints()).allMatch(text -> REFUSALS.matcher(text).matches());
  }

  @Test
  void theQuestionFitsASmallScreen() {
    Page page = open(400);
    assertThat(page.locator("#token")).isVisible();
    Chromium.assertAccessible(page, "400");
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(400);
    page.context().close();
    assertThat(chromium.complaints()).allMatch(text -> REFUSALS.matcher(text).matches());
  }
}
