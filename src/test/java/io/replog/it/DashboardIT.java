package io.replog.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The pages in a real browser over a real cluster: its second secondary is slow. {@code
 * -Ddashboard.screenshot=write} makes the picture of the README anew.
 */
@Timeout(120)
class DashboardIT {
  private static final Path PICTURE = Path.of("docs", "images", "dashboard.png");
  private static final int SLOW_MS = 4000;
  private static final Pattern NODE_DOWN =
      Pattern.compile(".*(502|ERR_CONNECTION|ERR_INCOMPLETE).*");

  @RegisterExtension static final Processes processes = Processes.ofAllTests();

  private static Chromium chromium;
  private static TestCluster cluster;
  private Page page;

  @BeforeAll
  static void start() {
    chromium = Chromium.start();
    PlaywrightAssertions.setDefaultAssertionTimeout(15_000);
    cluster = TestCluster.with(processes).delaysMs(0, SLOW_MS).faults().make().start();
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @BeforeEach
  void open() {
    page = chromium.open(cluster.master().url(), 1280, ColorScheme.LIGHT);
    assertThat(node("master-0")).containsText("healthy");
    assertThat(page.locator("#send")).isEnabled();
  }

  @AfterEach
  void nothingWasComplainedOf() {
    page.context().close();
    assertThat(chromium.complaints()).isEmpty();
  }

  private Locator node(String id) {
    return page.locator("[data-node=" + id + "]");
  }

  private Locator lane(String id) {
    return page.locator("[data-lane=" + id + "]");
  }

  private Locator faults(String id) {
    return page.locator("[data-faults=" + id + "]");
  }

  /** The cells of an entry in the log of each node, in the order of the columns. */
  private Locator cells(long sequence) {
    return page.locator("#logs tr[data-sequence='" + sequence + "'] td");
  }

  private void choose(String w) {
    page.locator("#w input[value='" + w + "']").check(new Locator.CheckOptions().setForce(true));
  }

  private long last() {
    return cluster.api().cluster().number("lastSequence");
  }

  @Test
  void oneClickShowsAnAppendCrossTheNodes() {
    long sequence = last() + 1;
    page.locator("#example").click();

    // the slow one lacks what the others have: seen in its own log
    assertThat(cells(sequence).nth(2)).hasText("not yet");
    assertThat(awaitAnswer("201")).isEqualTo(sequence);
    assertThat(page.locator(".headline")).containsText("Entry " + sequence);
    assertThat(page.locator(".flag")).containsText("answer 201");
    assertThat(lane("secondary-0")).containsText("durable");
    assertThat(cells(sequence).nth(2)).not().hasText("not yet");
    assertThat(lane("secondary-1")).containsText("durable");
    assertThat(page.locator("#logs tr[data-sequence='" + sequence + "']"))
        .containsText("committed");
    page.locator("#events summary").click();
    for (String event :
        List.of("sequenced", "sent", "stored", "visible", "durable", "acknowledged")) {
      assertThat(page.locator("#events table")).containsText(event);
    }
  }

  private long awaitAnswer(String status) {
    Locator answer = page.locator("#answers li").first();
    assertThat(answer.locator(".result")).containsText(status);
    return Long.parseLong(answer.locator(".sequence").textContent());
  }

  @Test
  void anAppendThatWaitsIsSeenWaiting() {
    choose("all");
    page.locator("#message").fill("wait for the slow one");
    page.locator("#send").click();

    assertThat(page.locator(".headline")).containsText("waits: 2 of 3 copies");
    assertThat(lane("secondary-1")).containsText("on the way");
    if ("write".equals(System.getProperty("dashboard.screenshot"))) {
      takePicture();
    }
    awaitAnswer("201");
    assertThat(page.locator(".flag")).containsText("w=all j");
    assertThat(page.locator("#say")).not().isEmpty();
  }

  private void takePicture() {
    page.screenshot(new Page.ScreenshotOptions().setPath(PICTURE));
    try {
      assertThat(Files.size(PICTURE)).isLessThan(300_000);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void everyControlOfTheFormIsHeeded() {
    choose("3");
    page.locator("#j").uncheck();
    page.locator("#timeout").fill("100");
    page.locator("#key").fill("a key of mine");
    page.locator("#message").fill("by hand");
    page.keyboard().press("Enter");
    long sequence = awaitAnswer("202");
    Json record = cluster.api().ask("/messages/" + sequence).json();
    assertThat(record.text("key")).isEqualTo("a key of mine");
    assertThat(record.text("message")).isEqualTo("by hand");
    assertThat(page.locator("#answers li").first().locator(".asked")).hasText("w=3");

    choose("1");
    page.locator("#timeout").fill("");
    page.locator("#key").fill("a key of mine");
    page.locator("#message").fill("by hand");
    page.locator("#send").click();
    assertThat(awaitAnswer("201")).isEqualTo(sequence);

    page.locator("#key").fill("a key of mine");
    page.locator("#message").fill("another");
    page.locator("#send").click();
    assertThat(page.locator("#answers li").first()).containsText("422");
    ignored(".*422.*");

    choose("all");
    page.locator("#example").click();
    page.locator("#answers [data-stop]").click();
    assertThat(page.locator("#answers li").first()).containsText("no longer waiting");
    page.locator("#linear").check();
    page.locator("#theme").click();
    assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
  }

  @Test
  void aMessageIsTextWhateverItHolds() {
    String evil = "<img src=x onerror=alert(1)><script>alert(2)</script>";
    page.locator("#message").fill(evil);
    page.locator("#send").click();
    long sequence = awaitAnswer("201");

    assertThat(cells(sequence).first()).hasText(evil);
    assertThat(page.locator(".headline q")).hasText(Pattern.compile("<img.*"));
    assertThat(page.locator("img, main script")).hasCount(0);
  }

  @Test
  void faultsAreSwitchedOnAnyNode() {
    Locator card = faults("secondary-0");
    card.locator("[name=delayMs]").fill("70");
    card.locator("[name=delayMs]").blur();
    awaitFaults("secondary-0", "\"delayMs\":70");
    card.locator("[name=errorRate]").selectOption("0.5");
    card.locator("[name=errorPhase]").selectOption("after");
    awaitFaults("secondary-0", "\"errorRate\":0.5,\"errorPhase\":\"after\"");
    card.locator("[name=drop]").selectOption("0.1");
    card.locator("[name=diskFull]").check();
    awaitFaults("secondary-0", "\"drop\":0.1,\"partitionedFrom\":[],\"diskFull\":true");
    assertThat(card).containsText("in force");
    card.getByText("End faults").click();
    awaitFaults("secondary-0", "\"delayMs\":0,\"errorRate\":0.0");
    assertThat(card.locator("[name=diskFull]")).not().isChecked();

    faults("master-0").locator("[name=partitionedFrom][value=secondary-0]").check();
    assertThat(node("secondary-0")).containsText("does not answer");
    faults("master-0").getByText("End faults").click();
    assertThat(node("secondary-0")).containsText("healthy");
  }

  private void awaitFaults(String id, String expected) {
    NodeApi api = cluster.secondary(Integer.parseInt(id.substring(id.length() - 1))).api();
    Wait.untilAsserted(
        "the faults of " + id,
        java.time.Duration.ofSeconds(10),
        () -> assertThat(api.ask("/faults").body()).contains(expected));
  }

  @Test
  void aNodeThatDiesAndComesBackIsSeen() {
    cluster.secondary(0).process().kill();
    assertThat(node("secondary-0")).containsText("does not answer");
    assertThat(page.locator("#facts")).containsText("2 of 3 answer");
    assertThat(page.locator("#say")).containsText("secondary-0");

    choose("majority");
    page.locator("#example").click();
    long sequence = awaitAnswer("201");
    assertThat(cells(sequence).nth(1)).hasText("does not answer");

    cluster.secondary(0).start();
    cluster.secondary(0).awaitReady();
    assertThat(node("secondary-0")).containsText("healthy");
    assertThat(cells(sequence).nth(1)).not().hasText("does not answer");
    assertThat(lane("secondary-0")).containsText("durable");
    ignored(NODE_DOWN.pattern());
  }

  /** What a browser itself writes to the console when an answer is no success. */
  private static void ignored(String pattern) {
    assertThat(chromium.complaints()).allMatch(text -> text.matches("(?s)" + pattern));
  }

  @Test
  void itCanBeReadByEverybodyAtEverySize() {
    page.locator("#example").click();
    awaitAnswer("201");
    URI url = cluster.master().url();
    for (int width : List.of(1280, 400)) {
      for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
        Page look = chromium.open(url, width, colours);
        assertThat(look.locator("#logs tbody tr").first()).isVisible();
        look.locator("#logs [data-open]").first().click();
        assertThat(look.locator(".lane")).hasCount(3);
        assertThat(look.locator(".fault-card:not([disabled])")).hasCount(3);
        Chromium.assertAccessible(look, width + " " + colours);
        assertThat(look.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
        look.context().close();
      }
    }
  }

  @Test
  void itIsUsedWithoutAMouse() {
    page.keyboard().press("Tab");
    assertThat(page.locator(".skip")).isFocused();
    page.keyboard().press("Enter");
    assertThat(page.locator("main")).isFocused();
    Locator message = page.locator("#message");
    for (int i = 0;
        i < 12 && !message.evaluate("e => e === document.activeElement").equals(true);
        i++) {
      page.keyboard().press("Tab");
    }
    assertThat(message).isFocused();
    long before = last();
    page.keyboard().type("by key");
    page.keyboard().press("Enter");
    assertThat(awaitAnswer("201")).isEqualTo(before + 1);
  }

  @Test
  void aSecondaryShowsTheSameClusterAndTakesNoAppends() {
    Page there = chromium.open(cluster.secondary(0).url(), 1280, ColorScheme.LIGHT);
    assertThat(there.locator("[data-node=secondary-0]")).containsText("you are here");
    assertThat(there.locator("[data-node=secondary-1]")).containsText("healthy");
    assertThat(there.locator("#send")).isDisabled();
    assertThat(there.locator("#append-hint a")).hasAttribute("href", cluster.master().url() + "/");

    page.locator("#message").fill("seen from everywhere");
    page.locator("#send").click();
    long sequence = awaitAnswer("201");
    Locator row = there.locator("#logs tr[data-sequence='" + sequence + "'] td");
    for (int column = 0; column < 3; column++) {
      assertThat(row.nth(column)).hasText("seen from everywhere");
    }
    there.context().close();
  }

  @Test
  void theApiIsReadAndTriedOffLine() {
    Page api = chromium.open(cluster.master().url().resolve("/api"), 1280, ColorScheme.LIGHT);
    assertThat(api.locator(".opblock").first()).isVisible();
    assertThat(api.locator("#operations-log-append")).isVisible();
    api.locator("#operations-cluster-cluster .opblock-summary-control").click();
    api.locator("#operations-cluster-cluster .execute").click();
    assertThat(api.locator("#operations-cluster-cluster .live-responses-table"))
        .containsText("READ_WRITE");
    api.context().close();
  }
}
