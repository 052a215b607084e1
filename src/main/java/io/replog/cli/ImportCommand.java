package io.replog.cli;

import io.replog.client.Append;
import io.replog.client.Appended;
import io.replog.client.ClientException;
import io.replog.client.ClusterView;
import io.replog.client.ProblemException;
import io.replog.client.Read;
import io.replog.client.ReplogClient;
import io.replog.core.Entry;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code replog import}. */
@Command(
    name = "import",
    description =
        "Appends what export wrote to an empty cluster: the same messages with the same keys at the"
            + " same sequences. A cluster that has the beginning of it already is continued.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ImportCommand implements Callable<Integer> {
  private static final String STANDARD_INPUT = "-";
  private static final int MOST_AT_ONCE = 500;
  private static final int MOST_BYTES = 1 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(100);

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE|-",
      description = "What export wrote; default: the standard input.")
  private String file = STANDARD_INPUT;

  @Option(
      names = "--renumber",
      description =
          "Takes an export that begins later than with entry 1, whose messages then get sequences"
              + " from 1 on.")
  private boolean renumber;

  /** Entries of the file that have a key, and are in the cluster without it. */
  private long withoutKey;

  @Mixin private final NodeUrl node = new NodeUrl();

  @Override
  public Integer call() throws ClientException {
    CommandSpec command = Objects.requireNonNull(spec);
    PrintWriter err = command.commandLine().getErr();
    try (InputStream in = open();
        ReplogClient client = node.client()) {
      long last = load(client, new ExportedLines(in, name()), new Progress(err, "imported"));
      if (withoutKey > 0) {
        err.println(
            "replog: %d entries are there without their keys, which came before in the log and count"
                    .formatted(withoutKey)
                + " as repetitions in this cluster's window");
      }
      err.println("replog: the cluster has " + name() + " up to entry " + last);
    } catch (IOException | UncheckedIOException e) {
      throw new CommandFailedException("cannot read " + name() + ": " + e.getMessage());
    }
    return ExitCodes.DONE;
  }

  private InputStream open() throws IOException {
    return file.equals(STANDARD_INPUT) ? System.in : new FileInputStream(file);
  }

  private String name() {
    return file.equals(STANDARD_INPUT) ? "the standard input" : file;
  }

  private long load(ReplogClient client, ExportedLines lines, Progress progress)
      throws ClientException, IOException {
    Source source = new Source(lines);
    long next = compare(client, source) + 1;
    List<String> run = new ArrayList<>();
    int bytes = 0;
    for (Entry entry = source.next(); entry != null; entry = source.next()) {
      boolean alone = entry.key() != null;
      boolean full = run.size() == MOST_AT_ONCE || bytes + entry.payload().length > MOST_BYTES;
      if (alone || full) {
        next = append(client, run, null, next);
        bytes = 0;
      }
      run.add(entry.message());
      bytes += entry.payload().length;
      if (alone) {
        next = append(client, run, entry.key(), next);
        bytes = 0;
      }
      progress.at(next - 1, null);
    }
    next = append(client, run, null, next);
    progress.end();
    awaitCommitted(client, next - 1);
    return next - 1;
  }

  /** Appends a run at its sequence or not at all, and empties it; returns the sequence after it. */
  private long append(ReplogClient client, List<String> run, @Nullable String key, long sequence)
      throws ClientException {
    if (run.isEmpty()) {
      return sequence;
    }
    long after = sequence + run.size();
    Append wanted = new Append(run, "1", false, null, key, sequence);
    boolean appended = key != null && appendWithKey(client, wanted, sequence);
    if (!appended) {
      Appended there = client.append(new Append(run, "1", false, null, null, sequence));
      if (there.firstSequence() != sequence) {
        throw new CommandFailedException(
            "entry %d has the content of entry %d, and the cluster takes it for a repetition: import"
                    .formatted(sequence, there.firstSequence())
                + " into one with deduplication=key");
      }
    }
    if (key != null && !appended) {
      withoutKey++;
    }
    run.clear();
    return after;
  }

  /**
   * A key may recur in a log once it was forgotten there. Here, where all comes at once, it is
   * still known, and the cluster answers with the earlier entry: then nothing was appended.
   */
  private static boolean appendWithKey(ReplogClient client, Append wanted, long sequence)
      throws ClientException {
    try {
      return client.append(wanted).firstSequence() == sequence;
    } catch (ProblemException e) {
      if (e.problem().name().equals("key-reused")) {
        return false;
      }
      throw e;
    }
  }

  /** The last sequence that the cluster has already: the beginning of the file, or nothing. */
  private long compare(ReplogClient client, Source source) throws ClientException {
    ClusterView view = client.cluster();
    if (view.firstSequence() != null && view.firstSequence() > 1) {
      throw new CommandFailedException("the cluster is not empty: its log has been trimmed");
    }
    long[] last = {0};
    client.read(
        new Read(0, null, null),
        there -> {
          Entry entry;
          try {
            entry = source.next();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          boolean same = entry != null && entry.message().equals(there.message());
          String key = entry == null ? null : entry.key();
          if (!same || (there.key() != null && !there.key().equals(key))) {
            throw new CommandFailedException(
                "the cluster is not empty, and not the beginning of %s: its entry %d is not there"
                    .formatted(name(), there.sequence()));
          }
          if (there.key() == null && key != null) {
            withoutKey++; // an earlier import left it out
          }
          last[0] = there.sequence();
        });
    return last[0];
  }

  /**
   * Every entry went in with one copy stored; the import is done when a majority has all on disk.
   */
  private static void awaitCommitted(ReplogClient client, long last) throws ClientException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Long committed = client.cluster().committedSequence();
      if (committed != null && committed >= last) {
        return;
      }
      if (System.nanoTime() - deadline >= 0) {
        throw new CommandFailedException(
            "all is appended, but only entry %s and those before are on a majority's disks; the same"
                    .formatted(committed)
                + " command says when they all are");
      }
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CommandFailedException("interrupted; the same command goes on where it was");
      }
    }
  }

  /** The entries of the file, whose sequences must be those that they get. */
  private final class Source {
    private final ExportedLines lines;
    private boolean begun;

    Source(ExportedLines lines) {
      this.lines = lines;
    }

    @Nullable Entry next() throws IOException {
      Entry entry = lines.next();
      if (entry == null) {
        entry = lines.lastEntry();
      }
      if (!begun && entry != null && entry.sequence() != 1 && !renumber) {
        throw new CommandFailedException(
            "%s begins with entry %d, which would become entry 1; --renumber does so"
                .formatted(name(), entry.sequence()));
      }
      begun = true;
      return entry;
    }
  }
}
