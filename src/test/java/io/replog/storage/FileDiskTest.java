package io.replog.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest extends DiskContract {
  @TempDir Path directory;

  @Override
  Disk disk() {
    return new FileDisk(directory);
  }

  @Test
  void theDataDirectoryIsCreatedWithItsParents() throws IOException {
    Path deep = directory.resolve("x/y");
    new FileDisk(deep).createDirectory("");
    assertThat(deep).isDirectory();
    assertThat(disk().usableBytes()).isPositive();
  }

  @Test
  void anInterruptedReaderHarmsNobody() throws IOException {
    try (DiskFile file = disk().open("a", Disk.Access.CREATE)) {
      file.write(ByteBuffer.wrap(new byte[] {1, 2}), 0);
      Thread.currentThread().interrupt();
      assertThat(file.read(ByteBuffer.allocate(2), 0)).isEqualTo(2);
      assertThat(Thread.interrupted()).isTrue();
      file.write(ByteBuffer.wrap(new byte[] {3}), 2);
      assertThat(file.read(ByteBuffer.allocate(9), 0)).isEqualTo(3);
    }
  }

  @Test
  void theLockNamesTheProcessThatHoldsIt() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process other =
        new ProcessBuilder(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                LockHolder.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(other.getInputStream().read()).isEqualTo('+');
      assertThatThrownBy(() -> disk().lock("lock", false))
          .isInstanceOf(DirectoryInUseException.class)
          .hasMessage(directory.toRealPath() + " is in use by process " + other.pid());
      assertThatThrownBy(() -> disk().lock("lock", true))
          .isInstanceOf(DirectoryInUseException.class);
    } finally {
      other.destroyForcibly();
      assertThat(other.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
    disk().lock("lock", false).close();
    assertThat(Files.readString(directory.resolve("lock")).strip())
        .isEqualTo(Long.toString(ProcessHandle.current().pid()));
  }
}
