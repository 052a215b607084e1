package io.replog.cli.scenario;

import io.replog.client.ClientException;
import io.replog.client.ClusterView;
import io.replog.client.Equality;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The steps that look at the cluster: again and again, until what is expected is so. */
final class Looks {
  private static final int SHOWN = 12;

  private final Stage stage;
  private final Cast cast;
  private final Teller teller;
  private long base;

  /** What was seen, and whether that is what was expected. */
  private record Seen(boolean isSo, String words) {}

  /** One look. */
  @FunctionalInterface
  private interface Look {
    Seen look() throws ClientException, NotHeldException, IOException;
  }

  Looks(Stage stage, Cast cast, Teller teller) {
    this.stage = stage;
    this.cast = cast;
    this.teller = teller;
  }

  /** The last sequence before the play. */
  void countFrom(long last) {
    base = last;
  }

  void lists(Step.Lists step) throws NotHeldException, InterruptedException, ClientException {
    Step.Listed expected = step.expected();
    for (String name : step.nodes()) {
      long began = teller.elapsedMs();
      if (expected == null) {
        Stage.Member node = cast.get(name);
        List<String> messages = cast.messages(node, base, step.concern());
        teller.done(step, "  %-11s shows %s".formatted(node.id(), shown(messages)), began);
        continue;
      }
      String wanted = StepText.of(expected);
      Seen seen =
          await(
              name + " to show " + wanted,
              expected.within(),
              () -> {
                Stage.Member node = cast.get(name);
                List<String> messages = cast.messages(node, base, step.concern());
                return new Seen(isAs(messages, expected), node.id() + " shows " + shown(messages));
              });
      boolean last = name.equals(step.nodes().getLast());
      teller.held(
          step.line(), StepText.of(step), wanted, seen.words(), last ? step.so() : null, began);
    }
  }

  private static boolean isAs(List<String> messages, Step.Listed expected) {
    List<String> whole = expected.beginningOf();
    return (expected.messages() == null || expected.messages().equals(messages))
        && (whole == null
            || messages.equals(whole.subList(0, Math.min(whole.size(), messages.size()))))
        && messages.containsAll(expected.contains())
        && expected.without().stream().noneMatch(messages::contains);
  }

  private static String shown(List<String> messages) {
    return messages.size() <= SHOWN
        ? messages.toString()
        : "%d messages, the last %s".formatted(messages.size(), messages.getLast());
  }

  void status(Step.Status step) throws NotHeldException, InterruptedException {
    long began = teller.elapsedMs();
    Map<String, String> expected = new TreeMap<>(step.expected());
    String wanted = StepText.facts(expected);
    Seen seen =
        await(
            step.node() + " to say " + wanted,
            step.within(),
            () -> {
              Stage.Member node = cast.get(step.node());
              ClusterView view = cast.look(node).cluster();
              Map<String, String> found = new TreeMap<>();
              for (String name : expected.keySet()) {
                found.put(name, StatusFact.named(name).orElseThrow().of(view));
              }
              return new Seen(found.equals(expected), node.id() + " says " + StepText.facts(found));
            });
    teller.held(step.line(), StepText.of(step), wanted, seen.words(), step.so(), began);
  }

  void equal(Step.Equal step) throws NotHeldException, InterruptedException {
    long began = teller.elapsedMs();
    Seen seen =
        await(
            "equal hashes on all nodes",
            step.within(),
            () -> {
              Equality equality = cast.look(cast.get("master")).verify();
              List<String> others =
                  equality.nodes().stream()
                      .filter(node -> !Boolean.TRUE.equals(node.equal()))
                      .map(Equality.NodeEquality::node)
                      .toList();
              return new Seen(
                  equality.equal(),
                  equality.equal()
                      ? "the hashes over all logs are equal, up to sequence "
                          + (equality.sequence() - base)
                      : "not equal, or no answer: " + String.join(", ", others));
            });
    teller.held(step.line(), StepText.of(step), "equal", seen.words(), step.so(), began);
  }

  void logged(Step.Logged step) throws NotHeldException, InterruptedException {
    long began = teller.elapsedMs();
    Stage.Troupe troupe = stage.troupe().orElseThrow();
    Seen seen =
        await(
            "'%s' in the log of %s".formatted(step.text(), step.node()),
            step.within(),
            () -> {
              String id = cast.get(step.node()).id();
              Optional<String> line = troupe.logged(id, step.text());
              return new Seen(
                  line.isPresent(),
                  line.map(text -> id + " logged: " + text).orElse("no such line"));
            });
    teller.held(step.line(), StepText.of(step), step.text(), seen.words(), step.so(), began);
  }

  /** Ends the client once it has its answers, and looks for each of them in the log. */
  void written(Step.Written step, SteadyWriter writer)
      throws NotHeldException, InterruptedException {
    long began = teller.elapsedMs();
    int before = writer.answered().size();
    String wanted = step.count() + " more answers";
    await(
        wanted,
        step.within(),
        () -> {
          int more = writer.answered().size() - before;
          return new Seen(more >= step.count(), more + " answers");
        });
    writer.end();
    List<String> answered = writer.answered();
    Duration pause = writer.longestPause();
    if (step.silence() != null && pause.compareTo(step.silence()) > 0) {
      throw new NotHeldException(
          "no longer without an answer than " + Teller.seconds(step.silence()),
          Teller.seconds(pause));
    }
    Seen seen =
        await(
            "each answered message in the log once and in order",
            step.within(),
            () -> {
              List<String> inLog =
                  cast.messages(cast.get("master"), base, "majority").stream()
                      .filter(message -> message.startsWith(step.name() + "-"))
                      .toList();
              return compared(answered, inLog);
            });
    teller.held(
        step.line(),
        StepText.of(step),
        "each answered message in the log once and in order",
        seen.words() + "; the longest time without an answer was " + Teller.seconds(pause),
        step.so(),
        began);
  }

  private static Seen compared(List<String> answered, List<String> inLog) {
    List<String> lost = new ArrayList<>(answered);
    lost.removeAll(new LinkedHashSet<>(inLog));
    int doubled = inLog.size() - new LinkedHashSet<>(inLog).size();
    List<String> order = new ArrayList<>(inLog);
    order.retainAll(new LinkedHashSet<>(answered));
    boolean isInOrder = new ArrayList<>(new LinkedHashSet<>(order)).equals(answered);
    return new Seen(
        lost.isEmpty() && doubled == 0 && isInOrder,
        "%d answered, %d of them lost, %d messages twice, %s"
            .formatted(
                answered.size(), lost.size(), doubled, isInOrder ? "in order" : "out of order"));
  }

  private Seen await(String wanted, Duration atMost, Look look)
      throws NotHeldException, InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    while (true) {
      Seen seen;
      try {
        seen = look.look();
      } catch (ClientException | NotHeldException | IOException e) {
        seen = new Seen(false, String.valueOf(e.getMessage()));
      }
      if (seen.isSo()) {
        return seen;
      }
      Optional<String> lost = stage.troupe().flatMap(Stage.Troupe::lost);
      if (lost.isPresent()) {
        throw new NotHeldException(wanted, lost.get() + " has ended by itself");
      }
      if (stage.isClosed() || System.nanoTime() - until > 0) {
        throw new NotHeldException(wanted + " within " + Teller.seconds(atMost), seen.words());
      }
      Thread.sleep(Patience.LOOK);
    }
  }
}
