package io.replog.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The directory {@code evidence} of a data directory: a file for each node that was caught lying,
 * with the proof as JSON. Only an operator takes one away. For the node thread.
 */
public final class ProofFiles {
  private static final String DIRECTORY = "evidence";
  private static final String ENDING = ".json";
  private static final String TEMPORARY = DIRECTORY + "/proof.tmp";
  private static final int LARGEST = 16 << 10;

  private final Disk disk;

  public ProofFiles(DataDirectory directory) {
    this.disk = directory.disk();
  }

  /**
   * What is there, by the file's name for people.
   *
   * @throws StorageException if it cannot be read
   */
  public Map<String, String> read() {
    Map<String, String> texts = new LinkedHashMap<>();
    try {
      for (String name : disk.list(DIRECTORY)) {
        if (name.endsWith(ENDING)) {
          String path = DIRECTORY + "/" + name;
          try (DiskFile file = disk.open(path, Disk.Access.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(file.size(), LARGEST));
            file.read(bytes, 0);
            texts.put(disk.describe(path), StandardCharsets.UTF_8.decode(bytes.flip()).toString());
          }
        }
      }
    } catch (IOException e) {
      throw StorageException.of(disk.describe(DIRECTORY), e);
    }
    return texts;
  }

  /**
   * Writes the proof against a node; durable on return.
   *
   * @param node its id, which is a file's name too
   * @return the file's name for people
   * @throws StorageException if it could not be written
   */
  public String write(String node, String text) {
    String path = DIRECTORY + "/" + node + ENDING;
    try {
      if (!disk.exists(DIRECTORY)) {
        disk.createDirectory(DIRECTORY);
        disk.syncDirectory("");
      }
      disk.delete(TEMPORARY);
      try (DiskFile file = disk.open(TEMPORARY, Disk.Access.CREATE)) {
        file.write(StandardCharsets.UTF_8.encode(text), 0);
        file.force();
      }
      disk.rename(TEMPORARY, path);
      disk.syncDirectory(DIRECTORY);
    } catch (IOException e) {
      throw StorageException.of(disk.describe(path), e);
    }
    return disk.describe(path);
  }
}
