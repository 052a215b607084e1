package io.replog.storage;

import java.io.IOException;
import java.nio.file.Path;

/** A process that takes the lock of a directory, says so, and holds it until it is killed. */
final class LockHolder {
  private LockHolder() {}

  public static void main(String[] args) throws IOException {
    try (var lock = new FileDisk(Path.of(args[0])).lock("lock", false)) {
      System.out.print('+');
      System.out.flush();
      if (System.in.read() < 0) {
        System.out.print(lock);
      }
    }
  }
}
