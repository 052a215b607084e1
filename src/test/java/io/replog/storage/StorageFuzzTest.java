package io.replog.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.replog.core.Configuration;
import io.replog.core.Entry;
import io.replog.core.Membership;
import io.replog.core.NodeRole;
import io.replog.core.NodeState;
import io.replog.core.Seat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Files that nobody wrote, with sound checksums too: they are refused by the exception that says
 * so, and nothing else happens. {@code -Dreplog.fuzz.runs=N} tries more.
 */
class StorageFuzzTest {
  private static final int RUNS = Integer.getInteger("replog.fuzz.runs", 20_000);
  private static final List<String> PIECES =
      List.of(
          "", "-", "0", "-1", "999999999999999999", "=", " ", "%", "%zz", "%00", "\n", "ü", "\0");

  @Test
  void aStateFileIsReadOrRefused() {
    String sound = StateFile.format(state());
    int read = 0;
    for (long seed = 1; seed <= RUNS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      String body = mutated(sound.substring(0, sound.indexOf("crc32c=")), random);
      byte[] bytes = body.getBytes(UTF_8);
      String text =
          random.nextInt(4) == 0
              ? mutated(sound, random)
              : body + "crc32c=%08x\n".formatted(Checksum.of(bytes, 0, bytes.length));
      try {
        NodeState state = StateFile.parse("state", ByteBuffer.wrap(text.getBytes(UTF_8)));
        assertThat(
                StateFile.parse("state", ByteBuffer.wrap(StateFile.format(state).getBytes(UTF_8))))
            .isEqualTo(state);
        read++;
      } catch (DamagedFileException | UnsupportedFormatException e) {
        assertThat(e).hasMessageContaining("state");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + text, e);
      }
    }
    assertThat(read).as("some changes do no harm").isBetween(1, RUNS - 1);
  }

  static NodeState state() {
    Configuration committed =
        new Configuration(
            1,
            7,
            List.of(
                new Seat("secondary-0", new UUID(1, 2), "http://127.0.0.1:8081"),
                new Seat("secondary-1", null, "")));
    Configuration proposed = new Configuration(3, 8, List.of());
    return new NodeState(
        "master-0",
        NodeRole.MASTER,
        new UUID(3, 4),
        FrameSource.CLUSTER,
        5,
        new UUID(5, 6),
        4,
        new UUID(7, 8),
        3,
        new Membership(committed, proposed));
  }

  private static String mutated(String text, SplittableRandom random) {
    List<String> lines = new ArrayList<>(List.of(text.split("(?<=\n)")));
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int at = random.nextInt(lines.size());
      String line = lines.get(at);
      int from = random.nextInt(line.length() + 1);
      int to = from + random.nextInt(line.length() - from + 1);
      switch (random.nextInt(5)) {
        case 0 -> lines.set(at, "");
        case 1 -> lines.add(random.nextInt(lines.size() + 1), line);
        case 2 -> lines.set(at, lines.set(random.nextInt(lines.size()), line));
        default ->
            lines.set(
                at,
                line.substring(0, from)
                    + PIECES.get(random.nextInt(PIECES.size()))
                    + line.substring(to));
      }
    }
    return String.join("", lines);
  }

  @Test
  void aLineOfJsonIsAnEntryOrRefused() throws IOException {
    FrameSource source = new FrameSource();
    Entry entry = source.keyed("key", "message \"ü\" \n").first();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new EntryLine(entry, entry.hash()).write(out);
    byte[] sound = out.toByteArray();
    assertThat(EntryLine.parse(sound)).isEqualTo(new EntryLine(entry, entry.hash()));
    for (long seed = 1; seed <= RUNS; seed++) {
      byte[] bytes = mutated(sound, new SplittableRandom(seed));
      try {
        assertThat(EntryLine.parse(bytes).entry().payload()).isNotNull();
      } catch (IOException e) {
        assertThat(e.getMessage()).isNotBlank();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + new String(bytes, UTF_8), e);
      }
    }
  }

  @Test
  void aMarkAnIndexAndASegmentHeaderWithSoundChecksumsAreReadOrRefused() throws IOException {
    SimDisk sound = new SimDisk("data");
    try (DataDirectory directory =
        DataDirectory.open(sound, "secondary-0", UUID::randomUUID, new LogOptions(300, 0, 0, 1))) {
      directory.saveState(directory.state().withCluster(FrameSource.CLUSTER));
      FrameSource source = new FrameSource();
      for (int i = 0; i < 5; i++) {
        directory.log().append(source.next("message " + i));
      }
    }
    String segment = LogFiles.segment(1);
    String index = LogFiles.index(1);
    for (long seed = 1; seed <= RUNS / 10; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimDisk disk = sound.copy("data");
      change(disk, LogFiles.MARK, 0, DurableMark.SLOT_BYTES, random);
      change(disk, LogFiles.MARK, DurableMark.SLOT_DISTANCE, DurableMark.SLOT_BYTES, random);
      change(disk, segment, 0, SegmentHeader.BYTES, random);
      change(disk, index, 0, disk.content(index).length, random);
      try {
        LogVerifier.verify(disk);
        DataDirectory.open(disk, null, UUID::randomUUID, LogOptions.DEFAULT).close();
      } catch (StorageException e) {
        assertThat(e.file()).startsWith("data");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  /** Changes bytes of a piece that ends with its checksum, and makes that right. */
  private static void change(
      SimDisk disk, String path, int from, int length, SplittableRandom random) {
    if (random.nextInt(3) != 0) {
      return;
    }
    byte[] content = disk.content(path);
    byte[] piece = Arrays.copyOfRange(content, from, from + length);
    int covered = length - Integer.BYTES;
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      piece[random.nextInt(covered)] = (byte) random.nextInt();
    }
    ByteBuffer.wrap(piece).putInt(covered, Checksum.of(piece, 0, covered));
    System.arraycopy(piece, 0, content, from, length);
    disk.put(path, content);
  }

  private static byte[] mutated(byte[] sound, SplittableRandom random) {
    byte[] bytes =
        Arrays.copyOf(sound, random.nextInt(10) == 0 ? random.nextInt(sound.length) : sound.length);
    for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }
}
