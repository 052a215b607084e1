package io.replog.cli;

import io.replog.client.Append;
import io.replog.client.Appended;
import io.replog.client.ClientException;
import io.replog.client.ClusterView;
import io.replog.client.LostAnswerException;
import io.replog.client.ProblemException;
import io.replog.client.Read;
import io.replog.client.ReplogClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The conversation of the interactive client, wherever its lines come from: one after the other,
 * each answered before the next is read.
 */
final class ClientSession {
  static final List<String> HELP =
      List.of(
          "TEXT                 appends the line as a message",
          "w=N TEXT             appends it and waits for N copies: below 1 is 1, above the copies"
              + " is all; also w=majority, w=all",
          "w= TEXT              appends TEXT whatever it says, such as 'w= list'",
          "list                 prints the messages of the node this client talks to",
          "list master          those of the active master",
          "list1, list sub1     those of the first secondary; list2, list sub2 of the second, ...",
          "list NAME            those of the node of that name",
          "status               the cluster as a table",
          "quit, exit, Ctrl-D   the end; Ctrl-C stops waiting, and the message stays in the log");

  private final ReplogClient client;
  private final URI url;
  private final @Nullable Duration timeout;
  private final OutputFormat output;
  private final PrintWriter out;
  private final PrintWriter err;

  /**
   * @param timeout how long an append may wait for its copies, null for as long as it takes
   */
  ClientSession(
      ReplogClient client,
      URI url,
      @Nullable Duration timeout,
      OutputFormat output,
      PrintWriter out,
      PrintWriter err) {
    this.client = client;
    this.url = url;
    this.timeout = timeout;
    this.output = output;
    this.out = out;
    this.err = err;
  }

  /**
   * Answers all lines. Returns the exit code of the worst line where they came from a file or
   * another program; somebody who types has seen it.
   */
  int run(ClientLines lines) {
    int worst = ExitCodes.DONE;
    if (lines.typed() && output == OutputFormat.text) {
      out.println("Each line is a message to " + url + "; help shows what else there is.");
    }
    while (true) {
      ClientLine line;
      try {
        String text = lines.next();
        if (text == null) {
          break;
        }
        line = ClientLine.parse(text);
      } catch (IOException e) {
        throw new CommandFailedException(
            "a line cannot be read, and was not appended: " + e.getMessage());
      }
      if (line instanceof ClientLine.Quit) {
        break;
      }
      worst = Math.max(worst, answer(line, lines.typed()));
      out.flush();
      err.flush();
    }
    return lines.typed() ? ExitCodes.DONE : worst;
  }

  private int answer(ClientLine line, boolean typed) {
    try {
      return switch (line) {
        case ClientLine.Message message -> append(message);
        case ClientLine.Messages messages -> list(messages.node(), typed);
        case ClientLine.Status() -> {
          status(client.cluster());
          yield ExitCodes.DONE;
        }
        case ClientLine.Help() -> {
          HELP.forEach((output == OutputFormat.json ? err : out)::println);
          yield ExitCodes.DONE;
        }
        case ClientLine.Wrong wrong -> refused(wrong.why());
        case ClientLine.Nothing(), ClientLine.Quit() -> ExitCodes.DONE;
      };
    } catch (ClientException e) {
      if (Thread.interrupted()) {
        return refused(
            line instanceof ClientLine.Message
                ? "not waited for any longer; the message may be in the log: list shows it"
                : "stopped");
      }
      return refused(
          e instanceof LostAnswerException
              ? e.getMessage() + "; the message may be in the log: list shows it"
              : Failure.text(e));
    }
  }

  private void status(ClusterView view) {
    if (output == OutputFormat.json) {
      out.println(view.json().strip());
    } else {
      StatusTable.print(view, url, out);
    }
  }

  private int refused(String why) {
    err.println("replog: " + why);
    return ExitCodes.FAILED;
  }

  /** With a key of its own, so that a lost answer is asked for again and appends nothing twice. */
  private int append(ClientLine.Message message) throws ClientException {
    String key = UUID.randomUUID().toString();
    Appended appended;
    try {
      appended = append(message.text(), withinTheCopies(message.w()), key);
    } catch (ProblemException e) {
      Long copies = number(e.problem().facts().get("copies"));
      String w = message.w();
      if (e.problem().status() != 400 || copies == null || isAtMost(w, copies)) {
        throw e;
      }
      appended = append(message.text(), "all", key);
    }
    out.println(
        output == OutputFormat.json ? appended.json().strip() : AppendedText.line(appended));
    if (appended.satisfied()) {
      return ExitCodes.DONE;
    }
    err.println("replog: " + AppendedText.notInTime(appended));
    return ExitCodes.NOT_IN_TIME;
  }

  private Appended append(String text, @Nullable String w, String key) throws ClientException {
    return client.append(new Append(List.of(text), w, null, timeout, key));
  }

  /** A number above the copies that the cluster has is all of them. */
  private @Nullable String withinTheCopies(@Nullable String w) throws ClientException {
    Long wanted = number(w);
    if (wanted == null || wanted == 1) {
      return w;
    }
    ClusterView.Quorum quorum = client.cluster().quorum();
    Long copies = quorum == null ? null : quorum.copies();
    return copies != null && wanted > copies ? "all" : w;
  }

  private static boolean isAtMost(@Nullable String w, long copies) {
    Long wanted = number(w);
    return wanted == null || wanted <= copies;
  }

  private static @Nullable Long number(@Nullable String text) {
    return text != null && text.matches("\\d{1,18}") ? Long.valueOf(text) : null;
  }

  private int list(@Nullable String node, boolean typed) throws ClientException {
    if (node == null) {
      return list(client, client.cluster().node(), typed);
    }
    ClusterView view = asTheMasterSeesIt();
    Named found = find(view, node);
    if (found == null) {
      return refused(
          "there is no node '%s'; there are master%s. 'w= list %s' appends the line as a message"
              .formatted(node, names(view), node));
    }
    try (ReplogClient other = client.at(found.url())) {
      return list(other, found.name(), typed);
    }
  }

  private int list(ReplogClient from, String name, boolean typed) throws ClientException {
    if (output == OutputFormat.json) {
      from.copyTo(new Read(0, null, null), out);
      out.println();
      return ExitCodes.DONE;
    }
    long[] count = {0};
    from.read(
        new Read(0, null, null),
        entry -> {
          count[0]++;
          out.println(
              entry.sequence() + "  " + (typed ? printable(entry.message()) : entry.message()));
        });
    out.println(
        switch ((int) Math.min(2, count[0])) {
          case 0 -> name + " has no messages";
          case 1 -> name + " has 1 message";
          default -> name + " has " + count[0] + " messages";
        });
    return ExitCodes.DONE;
  }

  /** A message may not move the cursor of whoever reads it. */
  private static String printable(String message) {
    StringBuilder shown = new StringBuilder(message.length());
    message
        .chars()
        .forEach(
            c ->
                shown.append(
                    Character.isISOControl(c) ? "\\u%04x".formatted(c) : String.valueOf((char) c)));
    return shown.toString();
  }

  private record Named(String name, URI url) {}

  /** Other nodes do not know all of the cluster. */
  private ClusterView asTheMasterSeesIt() throws ClientException {
    ClusterView view = client.cluster();
    ClusterView.Active active = view.active();
    String master = active == null ? null : active.url();
    if (active == null || master == null || view.node().equals(active.node())) {
      return view;
    }
    try (ReplogClient other = client.at(URI.create(master))) {
      return other.cluster();
    }
  }

  private @Nullable Named find(ClusterView view, String node) {
    ClusterView.Active active = view.active();
    String master = active == null ? null : active.url();
    String masterName = active == null ? null : active.node();
    if (master != null && (node.equals("master") || node.equals(masterName))) {
      return new Named(masterName == null ? "master" : masterName, URI.create(master));
    }
    if (node.equals(view.node())) {
      return new Named(node, url);
    }
    Long place = number(node);
    List<ClusterView.NodeView> nodes = view.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      ClusterView.NodeView one = nodes.get(i);
      String at = one.url();
      if (at != null && (place == null ? node.equals(one.node()) : place == i + 1)) {
        return new Named(one.node(), URI.create(at));
      }
    }
    return null;
  }

  private static String names(ClusterView view) {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < view.nodes().size(); i++) {
      names.append(", sub").append(i + 1);
      names.append(" (").append(view.nodes().get(i).node()).append(')');
    }
    return names.toString();
  }
}
