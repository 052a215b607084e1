package io.replog.storage;

import io.replog.core.Configuration;
import io.replog.core.Membership;
import io.replog.core.NodeRole;
import io.replog.core.NodeState;
import io.replog.core.Seat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The file that holds the {@link NodeState}: lines of {@code key=value} that a person can read, the
 * format version first, a CRC-32C of all that is before it last. It is replaced whole: written
 * aside, forced, renamed, the directory synced. The one before is not kept, since a node that falls
 * back to it would forget a promise.
 *
 * <p>For the node thread.
 */
final class StateFile {
  static final int VERSION = 1;

  private static final int LARGEST = 1 << 20;
  private static final String NONE = "-";
  private static final String ROLE = "role";

  private final Disk disk;

  StateFile(Disk disk) {
    this.disk = disk;
  }

  /**
   * Reads the state, if the directory has one.
   *
   * @throws DamagedFileException if it is malformed, with the line
   * @throws UnsupportedFormatException if a later release wrote it
   */
  Optional<NodeState> read() throws IOException {
    if (!disk.exists(LogFiles.STATE)) {
      return Optional.empty();
    }
    try (DiskFile file = disk.open(LogFiles.STATE, Disk.Access.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(file.size(), LARGEST));
      file.read(bytes, 0);
      return Optional.of(parse(disk.describe(LogFiles.STATE), bytes.flip()));
    }
  }

  /** Replaces the state; on return the new one is durable, after an error it is one of both. */
  void write(NodeState state) throws IOException {
    disk.delete(LogFiles.STATE_TEMPORARY);
    boolean written = false;
    try (DiskFile file = disk.open(LogFiles.STATE_TEMPORARY, Disk.Access.CREATE)) {
      file.write(ByteBuffer.wrap(format(state).getBytes(StandardCharsets.UTF_8)), 0);
      file.force();
      written = true;
    } finally {
      if (!written) {
        disk.delete(LogFiles.STATE_TEMPORARY);
      }
    }
    disk.rename(LogFiles.STATE_TEMPORARY, LogFiles.STATE);
    disk.syncDirectory("");
  }

  static String format(NodeState state) {
    StringBuilder out = new StringBuilder();
    line(out, "format", VERSION);
    line(out, "node", escape(state.node()));
    NodeRole role = state.role();
    if (role != null) {
      line(out, ROLE, role.name().toLowerCase(Locale.ROOT));
    }
    line(out, "store", state.store());
    line(out, "cluster", orNone(state.clusterId()));
    line(out, "promised.epoch", state.promisedEpoch());
    line(out, "promised.to", orNone(state.promisedTo()));
    line(out, "log.epoch", state.logEpoch());
    line(out, "log.epoch.store", orNone(state.logEpochStore()));
    line(out, "incumbent.epoch", state.incumbentEpoch());
    configuration(out, "committed", state.membership().committed());
    Configuration proposed = state.membership().proposed();
    if (proposed != null) {
      configuration(out, "proposed", proposed);
    }
    byte[] bytes = out.toString().getBytes(StandardCharsets.UTF_8);
    line(out, "crc32c", "%08x".formatted(Checksum.of(bytes, 0, bytes.length)));
    return out.toString();
  }

  private static void configuration(StringBuilder out, String name, Configuration configuration) {
    line(out, name + ".epoch", configuration.epoch());
    line(out, name + ".version", configuration.version());
    line(out, name + ".seats", configuration.seats().size());
    for (Seat seat : configuration.seats()) {
      line(
          out,
          name + ".seat",
          orNone(seat.store()) + " " + escape(seat.node()) + " " + escape(seat.url()));
    }
  }

  private static void line(StringBuilder out, String key, Object value) {
    out.append(key).append('=').append(value).append('\n');
  }

  private static String orNone(@Nullable UUID id) {
    return id == null ? NONE : id.toString();
  }

  /**
   * Keeps a value on its line and in its column: what could end them becomes {@code %xx}, as in a
   * URL.
   */
  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c == '%' || c == 0x7f) {
        out.append("%%%02x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  static NodeState parse(String file, ByteBuffer bytes) {
    return new Parser(file, bytes).state();
  }

  /** Reads the lines in the order in which they are written; anything else is damage. */
  private static final class Parser {
    private final String file;
    private final String text;
    private final List<String> lines;
    private int next;

    Parser(String file, ByteBuffer bytes) {
      this.file = file;
      this.text = StandardCharsets.UTF_8.decode(bytes).toString();
      this.lines = new ArrayList<>(List.of(text.split("\n", -1)));
    }

    NodeState state() {
      long version = number("format");
      if (version != VERSION) {
        if (version > VERSION) {
          throw new UnsupportedFormatException(file, version, VERSION);
        }
        throw damaged("format version " + version);
      }
      checkCrc();
      NodeState state =
          new NodeState(
              unescape(value("node")),
              role(),
              required("store"),
              id("cluster"),
              number("promised.epoch"),
              id("promised.to"),
              number("log.epoch"),
              id("log.epoch.store"),
              number("incumbent.epoch"),
              membership());
      if (next != lines.size() - 2) {
        throw damaged("an unknown line");
      }
      return state;
    }

    private void checkCrc() {
      int line = lines.size() - 2;
      int at = text.lastIndexOf("crc32c=");
      if (line < 1 || !lines.get(line).startsWith("crc32c=") || !lines.getLast().isEmpty()) {
        next = Math.max(line + 1, 1);
        throw damaged("no checksum in the last line");
      }
      byte[] covered = text.substring(0, at).getBytes(StandardCharsets.UTF_8);
      String sum = "%08x".formatted(Checksum.of(covered, 0, covered.length));
      if (!lines.get(line).equals("crc32c=" + sum)) {
        next = line + 1;
        throw damaged("the checksum is " + sum);
      }
    }

    /** A directory that was never opened as either kind of node has no such line. */
    private @Nullable NodeRole role() {
      if (!lines.get(next).startsWith(ROLE + "=")) {
        return null;
      }
      String value = value(ROLE);
      return switch (value) {
        case "master" -> NodeRole.MASTER;
        case "secondary" -> NodeRole.SECONDARY;
        default -> throw damaged("neither master nor secondary: " + value);
      };
    }

    private Membership membership() {
      Configuration committed = configuration("committed");
      boolean transition = lines.get(next).startsWith("proposed.");
      return new Membership(committed, transition ? configuration("proposed") : null);
    }

    private Configuration configuration(String name) {
      long epoch = number(name + ".epoch");
      long version = number(name + ".version");
      long count = number(name + ".seats");
      List<Seat> seats = new ArrayList<>();
      for (long i = 0; i < count; i++) {
        String[] parts = value(name + ".seat").split(" ", -1);
        if (parts.length != 3) {
          throw damaged("a seat has a store, a node and a URL");
        }
        seats.add(new Seat(unescape(parts[1]), parse(parts[0]), unescape(parts[2])));
      }
      try {
        return new Configuration(epoch, version, seats);
      } catch (IllegalArgumentException e) {
        throw damaged(String.valueOf(e.getMessage()));
      }
    }

    private String value(String key) {
      String line = next < lines.size() ? lines.get(next) : "";
      next++;
      if (!line.startsWith(key + "=")) {
        throw damaged("expected " + key + "=");
      }
      return line.substring(key.length() + 1);
    }

    private long number(String key) {
      String value = value(key);
      if (!value.matches("[0-9]{1,18}")) {
        throw damaged("not a number: " + value);
      }
      return Long.parseLong(value);
    }

    private UUID required(String key) {
      UUID id = id(key);
      if (id == null) {
        throw damaged(key + " is missing");
      }
      return id;
    }

    private @Nullable UUID id(String key) {
      return parse(value(key));
    }

    private @Nullable UUID parse(String value) {
      if (value.equals(NONE)) {
        return null;
      }
      try {
        return UUID.fromString(value);
      } catch (IllegalArgumentException e) {
        throw damaged("not an id: " + value);
      }
    }

    private String unescape(String text) {
      StringBuilder out = new StringBuilder();
      for (int i = 0; i < text.length(); i++) {
        if (text.charAt(i) != '%') {
          out.append(text.charAt(i));
          continue;
        }
        if (i + 2 >= text.length()
            || Character.digit(text.charAt(i + 1), 16) < 0
            || Character.digit(text.charAt(i + 2), 16) < 0) {
          throw damaged("a stray % in " + text);
        }
        out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
        i += 2;
      }
      return out.toString();
    }

    private DamagedFileException damaged(String what) {
      return new DamagedFileException(
          file, "%s, line %d: %s; the node must be formatted anew".formatted(file, next, what));
    }
  }
}
