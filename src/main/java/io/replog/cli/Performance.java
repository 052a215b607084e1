package io.replog.cli;

import io.replog.cli.scenario.BadScriptException;
import io.replog.cli.scenario.Play;
import io.replog.cli.scenario.Scenario;
import io.replog.cli.scenario.Stage;
import io.replog.cli.scenario.Teller;
import io.replog.cli.scenario.Verdict;
import io.replog.client.ClientException;
import io.replog.client.Credentials;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * One play of a scenario, as it was asked for on the command line.
 *
 * @param port of its own cluster's first node, 0 for free ones
 * @param step whether to wait for the Enter key before each part
 * @param verbose whether to show what its own nodes log
 */
record Performance(int port, boolean step, boolean verbose, OutputFormat output, PrintWriter out) {
  private static final int HIGHEST_PORT = 65535;
  private static final long TO_HEAL_SECONDS = 10;

  void checkPort(CommandSpec command, Scenario scenario) {
    int most = HIGHEST_PORT - scenario.cluster().nodes().size() + 1;
    if (port < 0 || port > most) {
      throw new ParameterException(
          command.commandLine(),
          "--port is %d; it must be 1 to %d, or 0 for free ones".formatted(port, most));
    }
  }

  /** With a cluster that is made for it, and gone afterwards. Returns the exit code. */
  int onItsOwn(Scenario scenario)
      throws IOException, InterruptedException, BadScriptException, ClientException {
    try (TemporaryCluster cluster = new TemporaryCluster(port, scenario.cluster(), verbose, out)) {
      Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop"));
      boolean held = play(scenario, cluster, cluster::showOutputIfVerbose, Credentials.NONE);
      if (!held && !cluster.isClosed() && output == OutputFormat.text) {
        cluster.showOutput();
      }
      return held ? ExitCodes.DONE : ExitCodes.FAILED;
    }
  }

  /** On a cluster that runs; it is healed at the end, after Ctrl-C too. Returns the exit code. */
  int on(List<URI> urls, Scenario scenario)
      throws IOException, InterruptedException, BadScriptException, ClientException {
    LiveCluster cluster = LiveCluster.at(urls);
    Thread player = Thread.currentThread();
    CountDownLatch over = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (over.getCount() > 0) {
                    cluster.end();
                    player.interrupt();
                    await(over);
                  }
                },
                "heal"));
    try {
      return play(scenario, cluster, () -> {}, NodeUrl.ofTheEnvironment())
          ? ExitCodes.DONE
          : ExitCodes.FAILED;
    } catch (InterruptedException e) {
      if (cluster.isClosed()) {
        return ExitCodes.FAILED; // it was told to end, and has healed what it broke
      }
      throw e;
    } finally {
      over.countDown();
    }
  }

  private static void await(CountDownLatch over) {
    try {
      if (!over.await(TO_HEAL_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("replog: not all nodes may be healed; DELETE /faults heals one");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean play(
      Scenario scenario, Stage stage, Runnable beforeHeadline, Credentials credentials)
      throws IOException, InterruptedException, BadScriptException, ClientException {
    Teller teller = new Teller(output == OutputFormat.text ? out : null, beforeHeadline);
    try (Play play = new Play(scenario, stage, teller, this::awaitEnter, credentials)) {
      play.check();
      Verdict verdict = play.play();
      if (output == OutputFormat.json) {
        out.println(verdict.json());
      }
      return verdict.held();
    }
  }

  private void awaitEnter() {
    if (!step) {
      return;
    }
    out.print("(Enter)");
    out.flush();
    try {
      int read = System.in.read();
      while (read >= 0 && read != '\n') {
        read = System.in.read();
      }
    } catch (IOException e) {
      out.println(" there is nobody to press it: " + e.getMessage());
    }
  }
}
