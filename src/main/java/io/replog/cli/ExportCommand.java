package io.replog.cli;

import io.replog.client.ClientException;
import io.replog.client.ClusterView;
import io.replog.client.LogRecord;
import io.replog.client.Read;
import io.replog.client.ReplogClient;
import io.replog.core.Entry;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import io.replog.storage.EntryLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code replog export}. */
@Command(
    name = "export",
    description =
        "Writes the committed log with its hashes, one entry a line, verified on the way. A file"
            + " that is there is verified and continued.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ExportCommand implements Callable<Integer> {
  private static final String STANDARD_OUTPUT = "-";
  private static final int GATHERED_BYTES = 1 << 18;

  /** Of every line, see {@link EntryLine#write}. */
  private static final String BEGINNING = "{\"sequence\":";

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--from",
      paramLabel = "N",
      description = "The first sequence; default: the first there is, or the file's next.")
  private @Nullable Long from;

  @Option(
      names = "--output",
      paramLabel = "FILE|-",
      description = "Where to; default: the standard output.")
  private String output = STANDARD_OUTPUT;

  @Mixin private final NodeUrl node = new NodeUrl();

  /** Where lines go. */
  private interface Sink {
    void write(byte[] lines) throws IOException;
  }

  /** The last entry that is there already, null if there is none. */
  private record Resumed(@Nullable Entry last) {}

  @Override
  public Integer call() throws ClientException {
    CommandSpec command = Objects.requireNonNull(spec);
    if (from != null && from < 1) {
      throw new ParameterException(command.commandLine(), "--from starts at 1");
    }
    PrintWriter err = command.commandLine().getErr();
    try (ReplogClient client = node.client()) {
      if (output.equals(STANDARD_OUTPUT)) {
        PrintWriter out = command.commandLine().getOut();
        export(
            client,
            new Resumed(null),
            lines -> {
              out.write(new String(lines, StandardCharsets.UTF_8));
              if (out.checkError()) {
                throw new IOException("nobody reads the standard output any more");
              }
            },
            err);
        out.flush();
      } else {
        exportTo(client, Path.of(output), err);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new CommandFailedException("cannot write to " + output + ": " + e.getMessage());
    }
    return ExitCodes.DONE;
  }

  private void exportTo(ReplogClient client, Path file, PrintWriter err)
      throws ClientException, IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ExportedLines there = new ExportedLines(Channels.newInputStream(channel), output);
      while (there.next() != null) {
        // verified, no more
      }
      if (there.last() == null && !mayBegin(there.rest())) {
        throw new CommandFailedException(output + " is there already, and is not an export");
      }
      channel.position(there.wholeBytes());
      Resumed resumed = new Resumed(there.last());
      Sink sink =
          lines -> {
            channel.truncate(channel.position()); // what an export that broke off left of a line
            ByteBuffer rest = ByteBuffer.wrap(lines);
            while (rest.hasRemaining()) {
              channel.write(rest);
            }
          };
      long last = export(client, resumed, sink, err);
      channel.truncate(channel.position());
      channel.force(true);
      err.println("replog: %s has the log up to entry %d".formatted(output, last));
    }
  }

  /** Whether an export that broke off within its first line can have left this. */
  private static boolean mayBegin(byte[] rest) {
    byte[] beginning = BEGINNING.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(rest.length, beginning.length);
    return Arrays.equals(rest, 0, length, beginning, 0, length);
  }

  /** Returns the last sequence that is there then. */
  private long export(ReplogClient client, Resumed resumed, Sink sink, PrintWriter err)
      throws ClientException, IOException {
    ClusterView view = client.cluster();
    long end = view.committedSequence() == null ? 0 : view.committedSequence();
    Entry last = resumed.last();
    long first =
        last != null
            ? last.sequence() + 1
            : from != null ? from : view.firstSequence() == null ? 1 : view.firstSequence();
    if (last != null && from != null && from != first) {
      throw new CommandFailedException(
          "%s goes up to entry %d; it is continued with %d, not with %d"
              .formatted(output, last.sequence(), first, from));
    }
    if (first > end) {
      if (last != null && last.sequence() <= end) {
        continues(client, last);
      }
      return first - 1;
    }
    Hash before = Hash.parse(client.hashAt(first - 1));
    if (last != null && !before.equals(last.hash())) {
      throw another(last);
    }
    Progress progress = new Progress(err, "exported");
    Lines lines = new Lines(before, last == null, sink);
    client.read(
        new Read(first, end - first + 1, "majority"),
        entry -> {
          lines.take(entry);
          progress.at(entry.sequence(), end);
        });
    lines.flush();
    progress.end();
    if (lines.next != end + 1) {
      throw new CommandFailedException(
          "the node ended with entry %d, not %d; the same command goes on there"
              .formatted(lines.next - 1, end));
    }
    return end;
  }

  private void continues(ReplogClient client, Entry last) throws ClientException {
    if (!client.hashAt(last.sequence()).equals(last.hash().toString())) {
      throw another(last);
    }
  }

  private CommandFailedException another(Entry last) {
    return new CommandFailedException(
        "%s is of another log: it has another hash at entry %d".formatted(output, last.sequence()));
  }

  /** Verifies records and gathers their lines. */
  private static final class Lines {
    private final HashChain chain = new HashChain();
    private final Sink sink;
    private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();
    private Hash before;
    private boolean beginning;
    private long next;

    Lines(Hash before, boolean beginning, Sink sink) {
      this.before = before;
      this.beginning = beginning;
      this.sink = sink;
    }

    void take(LogRecord read) {
      String hash = read.hash();
      byte[] payload = read.message().getBytes(StandardCharsets.UTF_8);
      Hash expected =
          chain.next(
              before,
              read.sequence(),
              read.epoch(),
              read.timestamp(),
              read.key() == null ? null : read.key().getBytes(StandardCharsets.UTF_8),
              payload);
      if (hash == null || !expected.toString().equals(hash)) {
        throw new CommandFailedException(
            "the hash of entry " + read.sequence() + " is wrong, or does not follow");
      }
      Entry entry =
          new Entry(read.sequence(), read.epoch(), read.timestamp(), read.key(), payload, expected);
      try {
        new EntryLine(entry, beginning ? before : null).write(gathered);
        beginning = false;
        before = expected;
        next = read.sequence() + 1;
        if (gathered.size() >= GATHERED_BYTES) {
          flush();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void flush() throws IOException {
      sink.write(gathered.toByteArray());
      gathered.reset();
    }
  }
}
