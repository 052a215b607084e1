package io.replog.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

/** What every disk must do, the simulated one as the real one. */
abstract class DiskContract {
  abstract Disk disk() throws IOException;

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(US_ASCII));
  }

  private static String read(DiskFile file, long position, int length) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(length);
    int read = file.read(into, position);
    assertThat(into.position()).isEqualTo(read);
    return new String(into.array(), 0, read, US_ASCII);
  }

  @Test
  void whatIsWrittenIsReadAtItsPosition() throws IOException {
    try (DiskFile file = disk().open("a", Disk.Access.CREATE)) {
      file.write(bytes("hello"), 0);
      file.write(bytes("L"), 3);
      assertThat(read(file, 0, 5)).isEqualTo("helLo");
      assertThat(read(file, 3, 10)).isEqualTo("Lo");
      assertThat(read(file, 5, 10)).isEmpty();
      assertThat(read(file, 50, 10)).isEmpty();
      assertThat(file.size()).isEqualTo(5);
    }
  }

  @Test
  void aGapReadsAsZeros() throws IOException {
    try (DiskFile file = disk().open("a", Disk.Access.CREATE)) {
      file.write(bytes("x"), 3);
      assertThat(read(file, 0, 9)).isEqualTo("\0\0\0x");
    }
  }

  @Test
  void aCutFileGrowsByZeros() throws IOException {
    try (DiskFile file = disk().open("a", Disk.Access.CREATE)) {
      file.write(bytes("hello"), 0);
      file.truncate(2);
      assertThat(file.size()).isEqualTo(2);
      file.write(bytes("x"), 4);
      assertThat(read(file, 0, 9)).isEqualTo("he\0\0x");
      file.force();
    }
  }

  @Test
  void aFileIsCreatedOnceAndOpenedOnlyIfItExists() throws IOException {
    Disk disk = disk();
    assertThatThrownBy(() -> disk.open("a", Disk.Access.READ))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> disk.open("a", Disk.Access.WRITE))
        .isInstanceOf(NoSuchFileException.class);
    disk.open("a", Disk.Access.CREATE).close();
    assertThatThrownBy(() -> disk.open("a", Disk.Access.CREATE))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(disk.exists("a")).isTrue();
    assertThat(disk.exists("b")).isFalse();
  }

  @Test
  void aFileOpenForReadingCannotBeWritten() throws IOException {
    Disk disk = disk();
    disk.open("a", Disk.Access.CREATE).close();
    try (DiskFile file = disk.open("a", Disk.Access.READ)) {
      assertThatThrownBy(() -> file.write(bytes("x"), 0)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void filesAreListedSortedByTheirDirectory() throws IOException {
    Disk disk = disk();
    disk.createDirectory("");
    disk.createDirectory("d");
    disk.createDirectory("d");
    disk.open("d/2", Disk.Access.CREATE).close();
    disk.open("d/1", Disk.Access.CREATE).close();
    disk.open("x", Disk.Access.CREATE).close();
    assertThat(disk.list("d")).containsExactly("1", "2");
    assertThat(disk.list("")).containsExactly("d", "x");
    assertThat(disk.list("none")).isEmpty();
    disk.syncDirectory("d");
    disk.syncDirectory("");
  }

  @Test
  void aRenamedFileReplacesTheOther() throws IOException {
    Disk disk = disk();
    try (DiskFile a = disk.open("a", Disk.Access.CREATE)) {
      a.write(bytes("a"), 0);
    }
    disk.open("b", Disk.Access.CREATE).close();
    disk.rename("a", "b");
    assertThat(disk.list("")).containsExactly("b");
    try (DiskFile b = disk.open("b", Disk.Access.READ)) {
      assertThat(read(b, 0, 2)).isEqualTo("a");
    }
  }

  @Test
  void aDeletedFileIsGoneAndStillReadByWhoHasItOpen() throws IOException {
    Disk disk = disk();
    try (DiskFile a = disk.open("a", Disk.Access.CREATE)) {
      a.write(bytes("a"), 0);
      disk.delete("a");
      disk.delete("a");
      assertThat(disk.exists("a")).isFalse();
      assertThat(read(a, 0, 2)).isEqualTo("a");
    }
  }

  @Test
  void aLockIsForOneAndFreeOnceItIsClosed() throws IOException {
    Disk disk = disk();
    Closeable lock = disk.lock("lock", false);
    assertThatThrownBy(() -> disk.lock("lock", false))
        .isInstanceOf(DirectoryInUseException.class)
        .hasMessageContaining("is in use by process");
    assertThatThrownBy(() -> disk.lock("lock", true)).isInstanceOf(DirectoryInUseException.class);
    lock.close();
    disk.lock("lock", true).close();
    disk.lock("lock", false).close();
  }

  @Test
  void aClosedFileIsNotRead() throws IOException {
    DiskFile file = disk().open("a", Disk.Access.CREATE);
    file.close();
    assertThatThrownBy(() -> read(file, 0, 1)).isInstanceOf(IOException.class);
  }
}
