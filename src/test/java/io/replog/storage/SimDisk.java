package io.replog.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The disk of a simulated machine: in memory, deterministic, and as treacherous as POSIX allows. It
 * keeps what programs see apart from what is on the medium; a {@link #crash} decides for each
 * unsynced write, and for each unsynced create, rename and delete, whether it is kept, lost or
 * torn, independently of all others. It can fill up, fail a force, lose bits, and crash at a chosen
 * operation.
 *
 * <p>Not for several threads.
 */
public final class SimDisk implements Disk {
  private final String name;

  /** What programs see. */
  private final TreeMap<String, SimFile> files = new TreeMap<>();

  private final TreeMap<String, SimFile> durableFiles = new TreeMap<>();
  private final List<DirectoryChange> unsynced = new ArrayList<>();

  private long boot;
  private boolean locked;
  private long capacity = Long.MAX_VALUE;
  private boolean failNextForce;
  private long forces;
  private long failForceAt = Long.MAX_VALUE;
  private long operations;
  private long crashAt = Long.MAX_VALUE;
  private boolean down;
  private OpenListener openListener = path -> {};

  /** Names that are given another file, or none (null). */
  private record DirectoryChange(String directory, Map<String, Optional<SimFile>> names) {}

  public SimDisk(String name) {
    this.name = name;
  }

  /** Hears of each file that is being opened, and may refuse it. */
  public interface OpenListener {
    /** The file is chosen: what the path is given now, this opening does not see. */
    void opening(String path) throws IOException;
  }

  // ---- what a test does to it

  /** From now on this hears of each existing file that is opened; at most one listener. */
  public void onOpen(OpenListener listener) {
    openListener = listener;
  }

  /** The machine goes down and is started again. */
  public void crash(RandomGenerator random) {
    crash(Fate.MIXED, random);
  }

  /** The machine goes down and is started again. */
  public void crash(Fate fate, RandomGenerator random) {
    for (DirectoryChange change : unsynced) {
      Fate chosen = fate.choose(random);
      if (chosen == Fate.KEPT || (chosen == Fate.TORN && random.nextBoolean())) {
        change.names.forEach((path, file) -> set(durableFiles, path, file));
      }
    }
    unsynced.clear();
    files.clear();
    files.putAll(durableFiles);
    files.values().stream().distinct().forEach(file -> file.crash(fate, random));
    killProcess();
  }

  /** The process dies, the machine does not: nothing written is lost. */
  public void killProcess() {
    boot++;
    locked = false;
    down = false;
    crashAt = Long.MAX_VALUE;
    failForceAt = Long.MAX_VALUE;
  }

  /** All files together get no longer than this, in bytes. */
  public void setCapacity(long bytes) {
    capacity = bytes;
  }

  /** The next force fails, and what it should have written never gets to the medium. */
  public void failNextForce() {
    failNextForce = true;
  }

  /**
   * From now on, the k-th force, of a file or a directory, fails as by {@link #failNextForce}; and
   * who forces a file again whose force has failed, before the next start, breaks a rule.
   */
  public void failForce(long k) {
    failForceAt = forces + k;
  }

  /** How many forces, of files and directories, there were. */
  public long forces() {
    return forces;
  }

  /** From now on, the k-th operation that changes something is begun and the machine goes down. */
  public void crashAtOperation(long k) {
    crashAt = operations + k;
  }

  /** Whether a crash is planned. */
  public boolean goesDownSoon() {
    return crashAt != Long.MAX_VALUE;
  }

  /** Whether it may be filled without limit. */
  public boolean isRoomy() {
    return capacity == Long.MAX_VALUE;
  }

  /** How many operations that change something there were. */
  public long operations() {
    return operations;
  }

  /** Flips bits of a byte, in memory and on the medium. */
  public void damage(String path, long position, int xor) {
    file(path).damage((int) position, xor);
  }

  /** A file as programs see it. */
  public byte[] content(String path) {
    return file(path).content();
  }

  /**
   * What would be left of a file if the power went now and nothing unsynced were kept; empty where
   * not even its name would be.
   */
  public byte[] onMedium(String path) {
    SimFile file = durableFiles.get(path);
    return file == null ? new byte[0] : file.onMedium();
  }

  /** Puts a file there, durable at once. */
  public void put(String path, byte[] content) {
    SimFile file = new SimFile();
    file.replace(content);
    files.put(path, file);
    durableFiles.put(path, file);
  }

  /** Puts other content into a file, also for those who have it open. */
  public void overwrite(String path, byte[] content) {
    file(path).replace(content);
  }

  /** Takes a file away, durably. */
  public void remove(String path) {
    files.remove(path);
    durableFiles.remove(path);
  }

  /** Paths of all files. */
  public List<String> paths() {
    return files.entrySet().stream()
        .filter(entry -> entry.getValue() != DIRECTORY)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Another disk with the same content, durable, as a copy of the directory is. */
  public SimDisk copy(String copyName) {
    SimDisk copy = new SimDisk(copyName);
    files.forEach(
        (path, file) -> {
          if (file == DIRECTORY) {
            copy.files.put(path, DIRECTORY);
            copy.durableFiles.put(path, DIRECTORY);
          } else {
            copy.put(path, file.content());
          }
        });
    return copy;
  }

  private SimFile file(String path) {
    SimFile file = files.get(path);
    if (file == null || file == DIRECTORY) {
      throw new IllegalArgumentException("no file " + path + " in " + files.keySet());
    }
    return file;
  }

  // ---- the port

  private static final SimFile DIRECTORY = new SimFile();

  @Override
  public DiskFile open(String path, Access access) throws IOException {
    checkUp();
    SimFile file = files.get(path);
    if (access != Access.CREATE) {
      if (file == null || file == DIRECTORY) {
        throw new NoSuchFileException(describe(path));
      }
      openListener.opening(path);
      return new Handle(file, path, access == Access.WRITE);
    }
    if (file != null) {
      throw new FileAlreadyExistsException(describe(path));
    }
    checkParent(path);
    SimFile created = new SimFile();
    change(path, Map.of(path, Optional.of(created)), "create " + path);
    return new Handle(created, path, true);
  }

  private void checkParent(String path) throws IOException {
    String parent = parent(path);
    if (!parent.isEmpty() && files.get(parent) != DIRECTORY) {
      throw new NoSuchFileException(describe(path));
    }
  }

  private static String parent(String path) {
    return path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "";
  }

  @Override
  public boolean exists(String path) {
    checkUp();
    return path.isEmpty() || files.containsKey(path);
  }

  @Override
  public List<String> list(String directory) {
    checkUp();
    return files.keySet().stream()
        .filter(path -> parent(path).equals(directory) && !path.isEmpty())
        .map(path -> path.substring(directory.isEmpty() ? 0 : directory.length() + 1))
        .toList();
  }

  @Override
  public void createDirectory(String directory) throws IOException {
    checkUp();
    if (!directory.isEmpty() && !files.containsKey(directory)) {
      change(directory, Map.of(directory, Optional.of(DIRECTORY)), "mkdir " + directory);
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    checkUp();
    SimFile file = files.get(from);
    if (file == null) {
      throw new NoSuchFileException(describe(from));
    }
    change(
        to, Map.of(to, Optional.of(file), from, Optional.empty()), "rename " + from + " to " + to);
  }

  @Override
  public void delete(String path) {
    checkUp();
    if (files.containsKey(path)) {
      change(path, Map.of(path, Optional.empty()), "delete " + path);
    }
  }

  private void change(String path, Map<String, Optional<SimFile>> names, String what) {
    names.forEach((changed, file) -> set(files, changed, file));
    unsynced.add(new DirectoryChange(parent(path), names));
    countOperation(what);
  }

  private static void set(Map<String, SimFile> map, String path, Optional<SimFile> file) {
    file.ifPresentOrElse(some -> map.put(path, some), () -> map.remove(path));
  }

  @Override
  public void syncDirectory(String directory) throws IOException {
    checkUp();
    countOperation("sync of directory " + directory);
    countForce();
    failForce();
    for (DirectoryChange change : unsynced) {
      if (change.directory.equals(directory)) {
        change.names.forEach((path, file) -> set(durableFiles, path, file));
      }
    }
    unsynced.removeIf(change -> change.directory.equals(directory));
  }

  @Override
  public Closeable lock(String path, boolean shared) throws IOException {
    checkUp();
    if (locked) {
      throw new DirectoryInUseException(name, "of the simulation");
    }
    if (!files.containsKey(path)) {
      if (shared) {
        throw new NoSuchFileException(describe(path));
      }
      SimFile lockFile = new SimFile();
      files.put(path, lockFile);
      durableFiles.put(path, lockFile);
    }
    locked = true;
    long takenIn = boot;
    return () -> {
      if (takenIn == boot) {
        locked = false;
      }
    };
  }

  @Override
  public long usableBytes() {
    checkUp();
    return capacity - used();
  }

  /** Length of all files together, in bytes. */
  long used() {
    return files.values().stream().distinct().mapToLong(SimFile::size).sum();
  }

  @Override
  public String describe(String path) {
    return path.isEmpty() ? name : name + "/" + path;
  }

  private void checkUp() {
    if (down) {
      throw new SimulatedCrash(operations, "the machine is down");
    }
  }

  private void countOperation(String what) {
    operations++;
    if (operations == crashAt) {
      down = true;
      throw new SimulatedCrash(operations, what);
    }
  }

  private void countForce() {
    forces++;
    failNextForce |= forces == failForceAt;
  }

  private void failForce() throws IOException {
    if (failNextForce) {
      failNextForce = false;
      throw new IOException("Input/output error");
    }
  }

  private final class Handle implements DiskFile {
    private final SimFile file;
    private final String path;
    private final boolean writable;
    private final long openedIn = boot;
    private boolean closed;

    Handle(SimFile file, String path, boolean writable) {
      this.file = file;
      this.path = path;
      this.writable = writable;
    }

    private void check(boolean toWrite) throws IOException {
      checkUp();
      if (closed || openedIn != boot) {
        throw new IOException(path + " is closed");
      }
      if (toWrite && !writable) {
        throw new IOException(path + " is open for reading only");
      }
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      check(false);
      return file.read(into, position);
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      check(true);
      byte[] bytes = new byte[from.remaining()];
      from.get(bytes);
      long growth = position + bytes.length - file.size();
      long room = growth <= 0 ? 0 : capacity - used();
      boolean full = growth > 0 && growth > room;
      if (full) {
        int fits = (int) Math.max(0, bytes.length - (growth - Math.max(0, room)));
        bytes = java.util.Arrays.copyOf(bytes, fits);
      }
      file.write(bytes, position);
      countOperation("write of " + bytes.length + " bytes to " + path + " at " + position);
      if (full) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public long size() throws IOException {
      check(false);
      return file.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      check(true);
      file.truncate(size);
      countOperation("truncate of " + path + " to " + size);
    }

    @Override
    public void force() throws IOException {
      check(true);
      countOperation("force of " + path);
      countForce();
      if (failForceAt < Long.MAX_VALUE && file.failedIn(boot)) {
        throw new IllegalStateException(path + " is forced again after a force that failed");
      }
      if (failNextForce) {
        file.failForce(boot);
      }
      failForce();
      file.force();
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
