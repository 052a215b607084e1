package io.replog.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A log that is exported and imported again is the same to whoever reads it. */
class BackupIT {
  @RegisterExtension final Processes processes = Processes.ofOneTest();

  @Test
  void whatIsImportedIsWhatWasExported() throws IOException {
    TestCluster from = TestCluster.with(processes).secondaries(1).make().start();
    from.api().append(Append.batch(IntStream.range(0, 700).mapToObj(i -> "m" + i).toList()));
    from.api().append(Append.of("žluť \" \u0000 \ud83d\ude00").key("a key"));
    from.api().append(Append.batch(List.of("b", "c")).key("of two"));
    Path file = from.master().data().resolveSibling("backup.ndjson");
    assertThat(export(from, file).exitCode()).isZero();
    String whole = Files.readString(file);
    assertThat(whole.lines()).hasSize(703);
    assertThat(run("export", "--url", url(from)).out()).isEqualTo(whole);

    TestCluster to = TestCluster.with(processes).secondaries(1).make().start();
    Processes.Finished imported = load(to, file);
    assertThat(imported.exitCode()).as(imported.err()).isZero();
    assertSameMessages(from, to);
    Answer again = to.api().append(Append.of("žluť \" \u0000 \ud83d\ude00").key("a key"));
    assertThat(again.json().number("sequence")).isEqualTo(701);

    // broken off in the middle of a line, and continued with what has come since
    Files.writeString(file, whole.substring(0, whole.length() / 2));
    from.api().append("later");
    assertThat(export(from, file).exitCode()).isZero();
    assertThat(Files.readString(file)).startsWith(whole);
    assertThat(load(to, file).exitCode()).isZero();
    assertSameMessages(from, to);
    to.assertEqualLogs();

    refuses(load(from, file.resolveSibling("none")), "cannot read");
    to.api().append("of its own");
    refuses(load(to, file), "the cluster is not empty");
    refuses(export(to, file), "of another log");
    String last = whole.lines().skip(702).findFirst().orElseThrow();
    Files.writeString(file, whole.replace(last, last.replace("\"c\"", "\"d\"")), UTF_8);
    refuses(load(to, file), "line 703: the hash of entry 703 is wrong");
    refuses(export(from, file), "line 703: the hash of entry 703 is wrong");
  }

  private static void refuses(Processes.Finished command, String why) {
    assertThat(command.exitCode()).isNotZero();
    assertThat(command.err()).contains(why);
  }

  private static void assertSameMessages(TestCluster one, TestCluster other) {
    assertThat(other.api().records().stream().map(BackupIT::kept).toList())
        .isEqualTo(one.api().records().stream().map(BackupIT::kept).toList());
  }

  private static Map<String, Object> kept(Json entry) {
    return Map.of(
        "sequence",
        entry.number("sequence"),
        "message",
        entry.text("message"),
        "key",
        entry.has("key") ? entry.text("key") : "");
  }

  private Processes.Finished export(TestCluster from, Path file) {
    return run("export", "--url", url(from), "--output", file.toString());
  }

  private Processes.Finished load(TestCluster to, Path file) {
    return run("import", file.toString(), "--url", url(to));
  }

  private Processes.Finished run(String... arguments) {
    return processes.run(arguments);
  }

  private static String url(TestCluster of) {
    return of.master().url().toString();
  }
}
