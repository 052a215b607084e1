package io.replog.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.replog.core.Configuration;
import io.replog.core.Frame;
import io.replog.core.Membership;
import io.replog.core.Seat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * Holds the code, a directory written by the first release, and {@code docs/storage-format.md} to
 * each other.
 */
class StorageFormatTest {
  private static final Path FIXTURE = Path.of("src/test/resources/storage-format-1");
  private static final Path TEXT = Path.of("docs/storage-format.md");
  private static final UUID STORE = UUID.fromString("50000000-0000-4000-8000-000000000002");
  private static final UUID MASTER = UUID.fromString("50000000-0000-4000-8000-000000000001");
  private static final List<String> FILES =
      List.of(
          "log/00000000000000000001.index",
          "log/00000000000000000001.log",
          "log/00000000000000000005.log",
          "mark",
          "state");

  private FrameSource source = new FrameSource();

  /** Five entries in three frames and two segments. */
  private SimDisk written() {
    source = new FrameSource();
    SimDisk disk = new SimDisk("data");
    LogOptions options = new LogOptions(300, 0, 0, 1);
    try (DataDirectory directory = DataDirectory.open(disk, "secondary-0", () -> STORE, options)) {
      Seat seat = new Seat("secondary-0", STORE, "http://127.0.0.1:8081");
      Configuration configuration =
          new Configuration(1, 1, List.of(seat, new Seat("secondary-1", null, "")));
      directory.saveState(
          directory
              .state()
              .withCluster(FrameSource.CLUSTER)
              .withPromise(1, MASTER)
              .withLogEpoch(1, MASTER)
              .withMembership(new Membership(configuration, null)));
      GroupCommit commit = directory.groupCommit(Runnable::run, result -> {});
      directory.log().append(source.next("first"));
      directory.log().append(source.keyed("order-17", "second", "", "fourth ü"));
      commit.noteCommitted(1, source.frames().getFirst().last().hash());
      commit.request();
      directory.log().append(source.next("fifth"));
    }
    return disk;
  }

  @Test
  void todaysCodeWritesTheFixture() throws IOException {
    SimDisk disk = written();
    if (Boolean.getBoolean("replog.writeFormat")) {
      for (String file : FILES) {
        Path path = FIXTURE.resolve(file);
        Files.createDirectories(path.resolveSibling("."));
        Files.write(path, disk.content(file));
      }
      Files.writeString(TEXT, withDumps(Files.readString(TEXT), disk));
    }
    assertThat(disk.paths()).contains(FILES.toArray(new String[0]));
    for (String file : FILES) {
      assertThat(dump(disk.content(file)))
          .as(file)
          .isEqualTo(dump(Files.readAllBytes(FIXTURE.resolve(file))));
    }
  }

  @Test
  void todaysCodeReadsTheFixture() throws IOException {
    written();
    SimDisk disk = new SimDisk("data");
    disk.createDirectory("log");
    for (String file : FILES) {
      disk.put(file, Files.readAllBytes(FIXTURE.resolve(file)));
    }
    assertThat(LogVerifier.verify(disk).damages()).isEmpty();
    try (DataDirectory directory =
        DataDirectory.open(disk, "secondary-0", () -> STORE, LogOptions.DEFAULT)) {
      assertThat(directory.lost()).isNull();
      assertThat(directory.state().promisedTo()).isEqualTo(MASTER);
      assertThat(directory.state().membership().votes(STORE)).isTrue();
      assertThat(directory.log().lastHash()).isEqualTo(source.lastHash());
      assertThat(directory.log().mark().committedSequence()).isEqualTo(1);
      for (Frame frame : source.frames()) {
        assertThat(directory.log().frameAt(frame.first().sequence())).contains(frame);
      }
    }
  }

  @Test
  void aFileOfALaterReleaseIsRefusedByASentence() {
    byte[] state = written().content("state");
    int checksum = new String(state, UTF_8).indexOf("crc32c=");
    String later = new String(state, 0, checksum, UTF_8).replace("format=1", "format=2");
    byte[] covered = later.getBytes(UTF_8);
    later += "crc32c=%08x\n".formatted(Checksum.of(covered, 0, covered.length));
    refused("state", later.getBytes(UTF_8));
    refused("mark", ofVersion2(written().content("mark"), 0, DurableMark.SLOT_BYTES));
    refused(
        "mark",
        ofVersion2(written().content("mark"), DurableMark.SLOT_DISTANCE, DurableMark.SLOT_BYTES));
    for (String segment : List.of(LogFiles.segment(1), LogFiles.segment(5))) {
      refused(segment, ofVersion2(written().content(segment), 0, SegmentHeader.BYTES));
    }
  }

  /** A header or slot, its version behind the eight bytes of its name, its checksum at its end. */
  private static byte[] ofVersion2(byte[] content, int from, int length) {
    byte[] piece = Arrays.copyOfRange(content, from, from + length);
    ByteBuffer bytes = ByteBuffer.wrap(piece).putInt(8, 2);
    int covered = length - Integer.BYTES;
    bytes.putInt(covered, Checksum.of(piece, 0, covered));
    System.arraycopy(piece, 0, content, from, length);
    return content;
  }

  private void refused(String file, byte[] content) {
    SimDisk disk = written();
    disk.put(file, content);
    for (ThrowingCallable reading :
        List.<ThrowingCallable>of(
            () -> LogVerifier.verify(disk),
            () -> DataDirectory.open(disk, null, () -> STORE, LogOptions.DEFAULT))) {
      assertThatThrownBy(reading)
          .isInstanceOf(UnsupportedFormatException.class)
          .hasMessage(
              ("data/%s has format version 2, and this release of replog reads up to version 1;"
                      + " use a newer release")
                  .formatted(file));
    }
  }

  @Test
  void theTextShowsTheFixture() throws IOException {
    String text = Files.readString(TEXT);
    assertThat(withDumps(text, written())).isEqualTo(text);
  }

  /** The text with the dump of each file behind the comment that names it. */
  private static String withDumps(String text, SimDisk disk) {
    String result = text;
    for (String file : FILES) {
      String comment = "<!-- dump " + file + " -->\n";
      int at = result.indexOf(comment);
      assertThat(at).as(comment).isPositive();
      int from = at + comment.length();
      int to = from;
      if (result.startsWith("```\n", from)) {
        to = result.indexOf("```\n", from + 4) + 4;
      }
      byte[] content = disk.content(file);
      String shown = file.equals("state") ? new String(content, UTF_8) : dump(content);
      result = result.substring(0, from) + "```\n" + shown + "```\n" + result.substring(to);
    }
    return result;
  }

  /** As {@code hexdump -C} shows it: repeated lines are a star. */
  private static String dump(byte[] bytes) {
    StringBuilder out = new StringBuilder();
    String before = "";
    boolean starred = false;
    for (int at = 0; at < bytes.length; at += 16) {
      StringBuilder hex = new StringBuilder();
      StringBuilder text = new StringBuilder();
      for (int i = at; i < at + 16; i++) {
        hex.append(i % 8 == 0 ? " " : "");
        hex.append(i < bytes.length ? "%02x ".formatted(bytes[i]) : "   ");
        if (i < bytes.length) {
          text.append(bytes[i] >= ' ' && bytes[i] < 127 ? (char) bytes[i] : '.');
        }
      }
      String line = hex + " |" + text + "|";
      if (line.equals(before)) {
        out.append(starred ? "" : "*\n");
        starred = true;
      } else {
        out.append("%08x ".formatted(at)).append(line).append('\n');
        starred = false;
      }
      before = line;
    }
    return out.append("%08x\n".formatted(bytes.length)).toString();
  }
}
