package io.replog.cli;

import io.replog.client.Append;
import io.replog.client.Appended;
import io.replog.client.ClientException;
import io.replog.client.ClusterView;
import io.replog.client.Read;
import io.replog.client.ReplogClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/**
 * The story of the demonstration: a master and one secondary run, the other is configured and down.
 * Each append waits for as many copies as it asked for and delays no other. Every sentence is
 * printed with the time since the start, and every claim is looked at before it is made.
 */
final class Demo {
  /** A node's start may take that long on a machine with other work. */
  private static final Duration TO_START = Duration.ofSeconds(60);

  private static final Duration TO_HAPPEN = Duration.ofSeconds(20);
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final List<String> ALL = List.of("Msg1", "Msg2", "Msg3", "Msg4");

  private final DemoCluster cluster;
  private final NodePlan master;
  private final NodePlan first;
  private final NodePlan second;
  private final List<Duration> delays;
  private final PrintWriter out;
  private final long began = System.nanoTime();
  private int held;

  /** An answer and how long it took. */
  private record Answer(Appended appended, Duration took) {
    List<String> copies() {
      return appended.copies().stream()
          .filter(Appended.Copy::durable)
          .map(Appended.Copy::node)
          .toList();
    }
  }

  /** A claim that does not hold. */
  private static final class NotHeld extends Exception {
    private static final long serialVersionUID = 1L;

    NotHeld(String what) {
      super(what);
    }
  }

  /** Something to look at until it is so. */
  @FunctionalInterface
  private interface Look {
    boolean isSo() throws ClientException;
  }

  /**
   * @param delays of its two secondaries
   */
  Demo(DemoCluster cluster, List<Duration> delays, PrintWriter out) {
    this.cluster = cluster;
    this.master = cluster.plans().get(0);
    this.first = cluster.plans().get(1);
    this.second = cluster.plans().get(2);
    this.delays = delays;
    this.out = out;
  }

  /** Returns the exit code. */
  int play() throws IOException, InterruptedException {
    try {
      begin();
      Answer one = appendOne();
      appendTwo(one);
      FutureTask<Answer> third = beginThree();
      appendFour(third);
      endThree(third);
      compare();
      out.printf(
          "%n%s  Each of the %d steps held.%n", coloured("VERDICT: PASSED", Style.fg_green), held);
      return ExitCodes.DONE;
    } catch (NotHeld e) {
      return failed(e.getMessage());
    } catch (ClientException e) {
      return failed(Failure.text(e));
    }
  }

  private int failed(@Nullable String why) {
    if (cluster.isClosed()) {
      return ExitCodes.FAILED; // it was told to stop, and nothing can be said of the steps
    }
    say(coloured("FAILED  ", Style.fg_red) + why);
    cluster.showOutput();
    out.printf(
        "%n%s  %d steps held, and then one did not.%n",
        coloured("VERDICT: FAILED", Style.fg_red), held);
    return ExitCodes.FAILED;
  }

  private void begin() throws IOException, NotHeld, ClientException, InterruptedException {
    heading("A master with two secondaries. The second one is configured and down.");
    say("Data in " + cluster.directory() + ", deleted at the end");
    started(cluster.start(first), ", takes " + seconds(delays.get(0)) + " to store a message");
    started(cluster.start(master), "");
    say(second.id() + "  " + second.url() + "  is not started yet");
    await("the master takes appends", TO_START, () -> DemoCluster.isReady(master) && writable());
    held("two of three copies are there: a majority, so the master takes appends");
  }

  private Answer appendOne() throws NotHeld, ClientException {
    heading("Msg1 with w=1: one copy is enough.");
    Answer answer = append("Msg1", 1);
    check(answer.appended().lastSequence() == 1, "Msg1 is first");
    held("answered after " + seconds(answer.took()) + ", on disk at " + answer.copies());
    showLists(master, first);
    return answer;
  }

  private void appendTwo(Answer before) throws NotHeld, ClientException {
    heading("Msg2 with w=2: the answer waits for the slow secondary.");
    Answer answer = append("Msg2", 2);
    check(answer.copies().size() == 2, "Msg2 is on two disks: " + answer.copies());
    check(
        answer.took().compareTo(delays.get(0)) >= 0,
        "the answer took at least the delay of " + first.id());
    held(
        "answered after %s (Msg1: %s), on disk at %s"
            .formatted(seconds(answer.took()), seconds(before.took()), answer.copies()));
    showLists(master, first);
  }

  private FutureTask<Answer> beginThree() throws NotHeld, ClientException, InterruptedException {
    heading("Msg3 with w=3: that copy can only come from the node that is down.");
    FutureTask<Answer> answer = later(() -> append("Msg3", 3));
    await("Msg3 has its place in the log", TO_HAPPEN, () -> messages(master).size() == 3);
    check(!answer.isDone(), "Msg3 is not answered before it has three copies");
    held("Msg3 has sequence 3, and its client waits");
    return answer;
  }

  private void appendFour(FutureTask<Answer> third)
      throws NotHeld, ClientException, InterruptedException {
    heading("Msg4 with w=1, while Msg3 waits.");
    Answer answer = append("Msg4", 1);
    check(!third.isDone(), "Msg3 still waits when Msg4 is answered");
    check(answer.appended().lastSequence() == 4, "Msg4 is fourth");
    held("answered after " + seconds(answer.took()) + "; Msg3 still waits, and held up nobody");
    showLists(master, first);
    await(first.id() + " has all four", TO_HAPPEN, () -> messages(first).equals(ALL));
    check(!third.isDone(), "Msg3 still waits when two nodes have everything");
    held(first.id() + " has all four too, and Msg3 still waits for the third copy");
  }

  private void endThree(FutureTask<Answer> third)
      throws IOException, NotHeld, ClientException, InterruptedException {
    heading("The second secondary starts.");
    started(cluster.start(second), ", takes " + seconds(delays.get(1)) + " to store a message");
    Answer answer = await(third);
    check(answer.appended().lastSequence() == 3, "Msg3 is third");
    check(answer.copies().size() == 3, "Msg3 is on three disks: " + answer.copies());
    held("Msg3 is answered after " + seconds(answer.took()) + ", on disk at " + answer.copies());
  }

  private void compare() throws NotHeld, ClientException, InterruptedException {
    heading("Every node shows the same messages in the same order.");
    for (NodePlan node : cluster.plans()) {
      await(node.id() + " has all four", TO_START, () -> messages(node).equals(ALL));
    }
    showLists(master, first, second);
    held("all three show " + ALL);
    try (ReplogClient client = new ReplogClient(master.url(), NodeUrl.ofTheEnvironment())) {
      await("the hashes over all logs are equal", TO_HAPPEN, () -> client.verify().equal());
    }
    held("the hashes over their logs are equal");
  }

  private boolean writable() throws ClientException {
    try (ReplogClient client = new ReplogClient(master.url(), NodeUrl.ofTheEnvironment())) {
      ClusterView view = client.cluster();
      return "READ_WRITE".equals(view.mode());
    }
  }

  private Answer append(String text, int w) throws ClientException {
    say("POST /messages {\"message\":\"%s\",\"w\":%d}".formatted(text, w));
    long before = System.nanoTime();
    try (ReplogClient client = new ReplogClient(master.url(), NodeUrl.ofTheEnvironment())) {
      Append append = new Append(List.of(text), Integer.toString(w), null, null, null);
      Appended appended = client.append(append);
      return new Answer(appended, Duration.ofNanos(System.nanoTime() - before));
    }
  }

  private static FutureTask<Answer> later(Callable<Answer> call) {
    FutureTask<Answer> task = new FutureTask<>(call);
    Thread.ofVirtual().name("waiting append").start(task);
    return task;
  }

  private static Answer await(FutureTask<Answer> answer)
      throws NotHeld, ClientException, InterruptedException {
    try {
      return answer.get(TO_START.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ClientException refused) {
        throw refused;
      }
      throw new IllegalStateException("an append", e.getCause());
    } catch (TimeoutException e) {
      throw new NotHeld("Msg3 is not answered within " + seconds(TO_START));
    }
  }

  private void await(String what, Duration atMost, Look look)
      throws NotHeld, ClientException, InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    while (!look.isSo()) {
      if (cluster.hasLostANode()) {
        throw new NotHeld(what + ": a node has ended by itself");
      }
      if (System.nanoTime() - until > 0) {
        throw new NotHeld(what + ": not within " + seconds(atMost));
      }
      Thread.sleep(LOOK);
    }
  }

  private static List<String> messages(NodePlan node) throws ClientException {
    List<String> messages = new ArrayList<>();
    try (ReplogClient client = new ReplogClient(node.url(), NodeUrl.ofTheEnvironment())) {
      client.read(new Read(1, null, null), entry -> messages.add(entry.message()));
    }
    return messages;
  }

  /** What the nodes show at this moment; each a beginning of the one list. */
  private void showLists(NodePlan... nodes) throws NotHeld, ClientException {
    for (NodePlan node : nodes) {
      List<String> messages = messages(node);
      say("  %-11s shows %s".formatted(node.id(), messages));
      check(
          messages.equals(ALL.subList(0, Math.min(ALL.size(), messages.size()))),
          node.id() + " shows a beginning of the list");
    }
  }

  private static void check(boolean isSo, String claim) throws NotHeld {
    if (!isSo) {
      throw new NotHeld("it does not hold that " + claim);
    }
  }

  private void held(String what) {
    held++;
    say(coloured("ok  ", Style.fg_green) + what);
  }

  private void started(NodeProcess node, String more) {
    say(
        "%s  %s  started, process %d%s"
            .formatted(node.plan().id(), node.plan().url(), node.pid(), more));
  }

  private void heading(String text) {
    cluster.showOutputIfVerbose();
    out.printf("%n%s%n", coloured(text, Style.bold));
  }

  private void say(String text) {
    Duration since = Duration.ofNanos(System.nanoTime() - began);
    out.printf(Locale.ROOT, "%7.3f s  %s%n", since.toNanos() / 1e9, text);
    out.flush();
  }

  private static String seconds(Duration length) {
    return String.format(Locale.ROOT, "%.3f s", length.toNanos() / 1e9);
  }

  private static String coloured(String text, Style style) {
    return Ansi.AUTO.enabled() ? style.on() + text + style.off() : text;
  }
}
