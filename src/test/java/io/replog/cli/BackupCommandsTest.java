package io.replog.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.client.StubNode;
import io.replog.core.Entry;
import io.replog.core.Hash;
import io.replog.core.HashChain;
import io.replog.storage.EntryLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;

/** What export and import make of files and answers that a cluster seldom has. */
@Timeout(60)
class BackupCommandsTest {
  private static final Hash BEFORE_ALL = Hash.of(new byte[32]);
  private static final String JSON = "application/json";
  private static final String NDJSON = "application/x-ndjson";
  private static final Map<String, String> REPLAYED = Map.of("Idempotent-Replayed", "true");

  @Command(name = "replog")
  static final class Top {}

  @TempDir Path directory;
  private final StubNode node = new StubNode();
  private final StringWriter err = new StringWriter();
  private final List<Entry> log = new ArrayList<>();
  private Path file;

  @BeforeEach
  void place() {
    file = directory.resolve("backup.ndjson");
  }

  @AfterEach
  void close() {
    node.close();
  }

  private int replog(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--url", node.url().toString()));
    return Commands.commandLine(new Top(), options -> 0)
        .setOut(new PrintWriter(new StringWriter(), true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private void exported(String message, @Nullable String key) {
    byte[] payload = message.getBytes(UTF_8);
    long sequence = log.size() + 1L;
    Hash before = log.isEmpty() ? BEFORE_ALL : log.getLast().hash();
    Hash hash =
        new HashChain()
            .next(before, sequence, 1, 5, key == null ? null : key.getBytes(UTF_8), payload);
    log.add(new Entry(sequence, 1, 5, key, payload, hash));
  }

  private String lines() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Entry entry : log) {
      new EntryLine(entry, entry.sequence() == 1 ? BEFORE_ALL : null).write(out);
    }
    return out.toString(UTF_8);
  }

  private void theClusterHas(String lines) {
    node.answers(200, JSON, "{\"node\":\"m\",\"role\":\"MASTER\",\"mode\":\"READ_WRITE\"}");
    node.answers(200, NDJSON, lines);
  }

  private void allIsCommitted() {
    node.answers(
        200,
        JSON,
        "{\"node\":\"m\",\"role\":\"MASTER\",\"mode\":\"READ_WRITE\",\"committedSequence\":%d}"
            .formatted(log.size()));
  }

  private List<String> appends() {
    return node.requests().stream()
        .filter(request -> request.line().startsWith("POST"))
        .map(request -> request.header("Idempotency-key") + " " + request.body())
        .toList();
  }

  @Test
  void aLastLineWithoutItsNewlineIsTakenIfItIsWhole() throws IOException {
    exported("a", null);
    exported("b", null);
    Files.writeString(file, lines().stripTrailing());
    theClusterHas("");
    node.answers(201, JSON, "{\"firstSequence\":1,\"lastSequence\":2}");
    allIsCommitted();
    assertThat(replog("import", file.toString())).as(err.toString()).isZero();
    assertThat(appends()).singleElement().asString().contains("[\"a\",\"b\"]");
  }

  @Test
  void aLastLineThatBreaksOffIsAnError() throws IOException {
    exported("a", null);
    exported("b", null);
    Files.writeString(file, lines().substring(0, lines().length() - 9));
    theClusterHas("");
    assertThat(replog("import", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains(file + ", line 2: the file breaks off within this line");
    assertThat(appends()).isEmpty();
  }

  @Test
  void anEntryWhoseKeyCameBeforeIsAppendedWithoutIt() throws IOException {
    exported("a", "k");
    exported("a", "k");
    exported("b", "k");
    Files.writeString(file, lines());
    theClusterHas("");
    node.answers(201, JSON, "{\"sequence\":1}");
    node.answers(201, JSON, "{\"sequence\":1}", REPLAYED);
    node.answers(201, JSON, "{\"sequence\":2}");
    node.answers(422, "application/problem+json", "{\"type\":\"urn:replog:problem:key-reused\"}");
    node.answers(201, JSON, "{\"sequence\":3}");
    allIsCommitted();
    assertThat(replog("import", file.toString())).as(err.toString()).isZero();
    assertThat(err.toString()).contains("2 entries are there without their keys");
    assertThat(appends().stream().map(append -> append.substring(0, 1)))
        .containsExactly("k", "k", " ", "k", " ");
    assertThat(appends().getLast()).contains("\"expectedSequence\":3");

    // again: what is there without its key is no other log
    theClusterHas(
        """
        {"sequence":1,"epoch":1,"timestamp":9,"message":"a","key":"k"}
        {"sequence":2,"epoch":1,"timestamp":9,"message":"a"}
        {"sequence":3,"epoch":1,"timestamp":9,"message":"b"}
        """);
    allIsCommitted();
    assertThat(replog("import", file.toString())).as(err.toString()).isZero();
    assertThat(appends()).hasSize(5);
  }

  @Test
  void whereContentCountsARepetitionEndsTheImportAndSaysWhy() throws IOException {
    exported("a", "k");
    exported("a", "l");
    Files.writeString(file, lines());
    theClusterHas("");
    node.answers(201, JSON, "{\"sequence\":1}");
    node.answers(201, JSON, "{\"sequence\":1}", REPLAYED);
    node.answers(201, JSON, "{\"sequence\":1}", REPLAYED);
    assertThat(replog("import", file.toString())).isEqualTo(1);
    assertThat(err.toString())
        .contains("entry 2 has the content of entry 1", "deduplication=key")
        .doesNotContain("the cluster has");
  }

  @Test
  void aFileThatIsNoExportIsLeftAsItIs() throws IOException {
    for (String foreign : List.of("my notes", "{\"a\":1}", "{\"sequences\":")) {
      Files.writeString(file, foreign);
      assertThat(replog("export", "--output", file.toString())).isEqualTo(1);
      assertThat(Files.readString(file)).isEqualTo(foreign);
    }
    assertThat(err.toString()).contains(file + " is there already, and is not an export");
    assertThat(node.requests()).isEmpty();
    // nor is one cut that an export began, while the cluster does not answer
    Files.writeString(file, "{\"sequence\":1,");
    assertThat(replog("export", "--output", file.toString())).isNotZero();
    assertThat(Files.readString(file)).isEqualTo("{\"sequence\":1,");
  }
}
