package io.replog.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SimDiskTest extends DiskContract {
  private final SimDisk disk = new SimDisk("sim");
  private final SplittableRandom random = new SplittableRandom(1);

  @Override
  Disk disk() {
    return disk;
  }

  private DiskFile created(String path) throws IOException {
    DiskFile file = disk.open(path, Disk.Access.CREATE);
    disk.syncDirectory("");
    return file;
  }

  private static void write(DiskFile file, String text, long position) throws IOException {
    file.write(ByteBuffer.wrap(text.getBytes(US_ASCII)), position);
  }

  @Test
  void aCrashLosesWhatWasNotForced() throws IOException {
    DiskFile file = created("a");
    write(file, "kept", 0);
    file.force();
    write(file, "lost", 0);
    file.truncate(1);
    disk.crash(Fate.LOST, random);
    assertThat(disk.content("a")).asString().isEqualTo("kept");
  }

  @Test
  void aCrashMayKeepWhatWasNotForced() throws IOException {
    write(created("a"), "kept", 0);
    disk.crash(Fate.KEPT, random);
    assertThat(disk.content("a")).asString().isEqualTo("kept");
  }

  @Test
  void aTornWriteKeepsWholeSectors() throws IOException {
    write(created("a"), "x".repeat(20 * SimFile.SECTOR), 0);
    disk.crash(Fate.TORN, random);
    byte[] content = disk.content("a");
    int kept = 0;
    for (int at = 0; at < content.length; at += SimFile.SECTOR) {
      byte[] sector = Arrays.copyOfRange(content, at, at + SimFile.SECTOR);
      byte[] same = new byte[SimFile.SECTOR];
      Arrays.fill(same, sector[0]);
      assertThat(sector).isEqualTo(same);
      kept += sector[0] == 'x' ? 1 : 0;
    }
    assertThat(kept).isBetween(1, 19);
  }

  @Test
  void createsRenamesAndDeletesSurviveOnlyASyncOfTheDirectory() throws IOException {
    created("a");
    created("b");
    disk.rename("a", "c");
    disk.delete("b");
    disk.open("d", Disk.Access.CREATE);
    disk.crash(Fate.LOST, random);
    assertThat(disk.list("")).containsExactly("a", "b");
    disk.rename("a", "c");
    disk.syncDirectory("");
    disk.crash(Fate.LOST, random);
    assertThat(disk.list("")).containsExactly("b", "c");
  }

  @Test
  void afterAFailedForceTheNextOneSucceedsAndTheDataIsGone() throws IOException {
    DiskFile file = created("a");
    write(file, "gone", 0);
    disk.failNextForce();
    assertThatThrownBy(file::force).isInstanceOf(IOException.class);
    file.force();
    assertThat(disk.content("a")).asString().isEqualTo("gone");
    disk.crash(Fate.KEPT, random);
    assertThat(disk.content("a")).isEmpty();
  }

  @Test
  void aFullDiskWritesWhatFits() throws IOException {
    DiskFile file = created("a");
    disk.setCapacity(3);
    assertThatThrownBy(() -> write(file, "hello", 0)).hasMessageContaining("No space left");
    assertThat(disk.content("a")).asString().isEqualTo("hel");
    write(file, "H", 0);
    disk.setCapacity(9);
    write(file, "hello", 0);
    assertThat(disk.usableBytes()).isEqualTo(4);
  }

  @Test
  void aPlannedCrashStopsEverythingUntilTheMachineIsUpAgain() throws IOException {
    DiskFile file = created("a");
    disk.crashAtOperation(2);
    write(file, "1", 0);
    assertThatThrownBy(() -> write(file, "2", 1)).isInstanceOf(SimulatedCrash.class);
    assertThatThrownBy(file::force).isInstanceOf(SimulatedCrash.class);
    assertThatThrownBy(() -> disk.list("")).isInstanceOf(SimulatedCrash.class);
    disk.crash(Fate.KEPT, random);
    assertThat(disk.content("a")).asString().isEqualTo("12");
    assertThatThrownBy(file::size).isInstanceOf(IOException.class);
  }
}
