package io.replog.cli;

import io.replog.client.ClientException;
import io.replog.client.ClusterView;
import io.replog.client.ReplogClient;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code replog bench}. */
@Command(
    name = "bench",
    description =
        "Appends messages under load, and prints throughput and latencies. The messages stay in the"
            + " log.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Closed loop: a client sends its next append when one is answered. Open loop"
          + " (--rate): appends are due at that rate whatever the answers take, and latency counts"
          + " from when one was due.",
      "",
      "Exit codes: 0 done, 1 some failed, 2 wrong usage, 3 w not met in time for some."
    })
final class BenchCommand implements Callable<Integer> {
  private static final int MAX_CLIENTS = 10_000;
  private static final int MAX_PIPELINE = 1000;
  private static final int MAX_SIZE = 1 << 20;
  private static final int MAX_BODY = 8 << 20;
  private static final int MAX_SECONDS = 24 * 3600;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private final NodeUrl node = new NodeUrl();

  @Option(
      names = {"-c", "--clients"},
      paramLabel = "N",
      description = "Connections; default 16.")
  private int clients = 16;

  @Option(
      names = {"-p", "--pipeline"},
      paramLabel = "N",
      description = "Appends in flight on each connection; default 1.")
  private int pipeline = 1;

  @Option(
      names = {"-d", "--duration"},
      paramLabel = "SECONDS",
      description = "How long it counts; default 10.")
  private double duration = 10;

  @Option(
      names = {"-n", "--count"},
      paramLabel = "N",
      description = "Ends after so many appends, if that is before the duration.")
  private @Nullable Long count;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      description = "Load before anything is counted; default 1.")
  private double warmUp = 1;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Open loop: appends a second over all clients.")
  private @Nullable Double rate;

  @Option(
      names = "-w",
      paramLabel = "N|majority|all",
      description = "Copies to wait for; default: as the cluster is set.")
  private @Nullable String w;

  @Option(
      names = {"-j", "--journal"},
      paramLabel = "true|false",
      arity = "1",
      description = "Whether copies count once they are on disk; default: as the cluster is set.")
  private @Nullable Boolean journal;

  @Option(
      names = "--timeout",
      paramLabel = "MS",
      description = "How long an append may wait for its copies; without it, as long as it takes.")
  private @Nullable Long timeoutMs;

  @Option(
      names = {"-s", "--size"},
      paramLabel = "BYTES",
      description = "Of a message, 0 to 1048576; default 100.")
  private int size = 100;

  @Option(
      names = {"-b", "--batch"},
      paramLabel = "N",
      description = "Messages of an append; default 1.")
  private int batch = 1;

  @Option(names = "--output", paramLabel = "text|json", description = "Default: text.")
  private OutputFormat output = OutputFormat.text;

  @Override
  public Integer call() throws ClientException, InterruptedException {
    BenchLoad load = load();
    checkMaster();
    PrintWriter out = command().commandLine().getOut();
    BenchReport report = new BenchReport(load);
    try (BenchRun run = new BenchRun(load, report)) {
      run.run(progress(load));
    }
    if (Screen.isATerminal()) {
      command().commandLine().getErr().print("\r\033[K");
    }
    if (output == OutputFormat.json) {
      out.println(report.json());
    } else {
      report.print(out);
    }
    return report.exitCode();
  }

  private BenchLoad load() {
    if (w != null) {
      w = w.toLowerCase(Locale.ROOT);
      check(
          w.matches("majority|all|[1-9]\\d{0,2}|1000"),
          "-w is '" + w + "'; it must be a number from 1 to 1000, majority or all");
    }
    between("--clients", clients, 1, MAX_CLIENTS);
    between("--pipeline", pipeline, 1, MAX_PIPELINE);
    between("--duration", duration, 0.1, MAX_SECONDS);
    between("--warm-up", warmUp, 0, MAX_SECONDS);
    between("--size", size, 0, MAX_SIZE);
    between("--batch", batch, 1, MAX_BODY / (size + 3) - 1);
    check(count == null || count > 0, "--count must be 1 or more");
    check(rate == null || rate > 0, "--rate must be above 0");
    check(timeoutMs == null || timeoutMs >= 0, "--timeout must be whole milliseconds, 0 or more");
    return new BenchLoad(
        node.url(),
        clients,
        pipeline,
        seconds(warmUp),
        seconds(duration),
        count,
        rate,
        w,
        journal,
        timeoutMs,
        size,
        batch,
        node.credentials());
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private void between(String option, double value, double least, double most) {
    check(
        value >= least && value <= most,
        String.format(Locale.ROOT, "%s is %s; it must be %s to %s", option, value, least, most));
  }

  private void check(boolean isRight, String message) {
    if (!isRight) {
      throw new ParameterException(command().commandLine(), message);
    }
  }

  /** Before any load: a node that cannot append is named, with the one that can. */
  private void checkMaster() throws ClientException {
    try (ReplogClient client = node.client()) {
      ClusterView view = client.cluster();
      ClusterView.Active active = view.active();
      if (!"READ_WRITE".equals(view.mode())) {
        throw new CommandFailedException(
            "%s takes no appends now%s%s"
                .formatted(
                    node.url(),
                    view.modeReason() == null ? "" : " (" + view.modeReason() + ")",
                    active == null || view.node().equals(active.node())
                        ? ""
                        : "; the active master is at --url " + active.url()));
      }
    }
  }

  /** On a terminal only, and beside the result. */
  private LongConsumer progress(BenchLoad load) {
    if (!Screen.isATerminal()) {
      return done -> {};
    }
    PrintWriter err = command().commandLine().getErr();
    long began = System.nanoTime();
    double whole = load.warmUp().plus(load.duration()).toNanos();
    long[] before = {0};
    return done -> {
      double share = (System.nanoTime() - began) / whole;
      if (load.count() != null) {
        share = Math.max(share, (double) done / load.count());
      }
      err.printf(
          Locale.ROOT,
          "\r\033[K%s  %d appends, %d/s",
          ProgressBar.of(share),
          done,
          done - before[0]);
      err.flush();
      before[0] = done;
    };
  }

  private CommandSpec command() {
    return Objects.requireNonNull(spec);
  }
}
