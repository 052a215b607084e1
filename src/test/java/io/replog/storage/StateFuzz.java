package io.replog.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.replog.core.NodeState;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/** A state file that may be any bytes, with a sound last line so that a fuzzer gets past it. */
public final class StateFuzz {
  private StateFuzz() {}

  /** The entry point of a fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    read(input);
    ByteArrayOutputStream sound = new ByteArrayOutputStream();
    sound.writeBytes(input);
    sound.writeBytes(
        "crc32c=%08x\n".formatted(Checksum.of(input, 0, input.length)).getBytes(UTF_8));
    read(sound.toByteArray());
  }

  /** A state with everything in it, without its last line and with it. */
  public static List<byte[]> seeds() {
    String sound = StateFile.format(StorageFuzzTest.state());
    return List.of(
        sound.getBytes(UTF_8), sound.substring(0, sound.indexOf("crc32c=")).getBytes(UTF_8));
  }

  private static void read(byte[] bytes) {
    try {
      NodeState state = StateFile.parse("state", ByteBuffer.wrap(bytes));
      NodeState again =
          StateFile.parse("state", ByteBuffer.wrap(StateFile.format(state).getBytes(UTF_8)));
      if (!again.equals(state)) {
        throw new AssertionError(state + " was written, " + again + " was read");
      }
    } catch (DamagedFileException | UnsupportedFormatException refused) {
      // as it should be
    }
  }
}
