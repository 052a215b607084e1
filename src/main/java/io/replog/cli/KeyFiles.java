package io.replog.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.replog.evidence.KeyRing;
import io.replog.evidence.NodeKeys;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The files of some nodes' keys: {@code NODE.key} in a directory, {@code ring/NODE.pub} below it.
 */
final class KeyFiles {
  private static final FileAttribute<?> OWNER_ALONE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path directory;

  KeyFiles(Path directory) {
    this.directory = directory;
  }

  /** The private key of a node. */
  Path key(String node) {
    return directory.resolve(node + ".key");
  }

  /** The directory of the public ones. */
  Path ring() {
    return directory.resolve("ring");
  }

  private Path publicKey(String node) {
    return ring().resolve(node + KeyRing.SUFFIX);
  }

  /**
   * That these nodes have keys and no others: made now, unless there are any.
   *
   * @throws CommandFailedException if there are some, of other nodes: a ring is for ever
   */
  void require(List<String> nodes) throws IOException {
    if (!Files.exists(ring())) {
      generate(nodes);
      return;
    }
    KeyRing there = KeyRing.read(ring());
    boolean own = nodes.stream().allMatch(node -> Files.exists(key(node)));
    if (!own || !there.nodes().equals(new TreeSet<>(nodes))) {
      throw new CommandFailedException(
          "%s has the keys of %s, not of %s; the nodes of a ring are the same for the cluster's life"
              .formatted(directory, there.nodes(), nodes));
    }
  }

  /**
   * Makes keys for these nodes, or for none of them.
   *
   * @throws IllegalArgumentException if no node can have such an id
   * @throws FileAlreadyExistsException if one of the files is there
   */
  void generate(List<String> nodes) throws IOException {
    SecureRandom random = new SecureRandom();
    List<NodeKeys> keys = new ArrayList<>();
    for (String node : nodes) {
      keys.add(NodeKeys.generate(node, random));
      for (Path file : List.of(key(node), publicKey(node))) {
        if (Files.exists(file)) {
          throw new FileAlreadyExistsException(file.toString());
        }
      }
    }
    Files.createDirectories(ring());
    for (NodeKeys one : keys) {
      // readable by nobody else from its first byte on
      write(key(one.node()), one.privatePem(), OWNER_ALONE);
      write(publicKey(one.node()), one.publicPem());
    }
  }

  private static void write(Path file, String text, FileAttribute<?>... attributes)
      throws IOException {
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (OutputStream out =
        Channels.newOutputStream(Files.newByteChannel(file, options, attributes))) {
      out.write(text.getBytes(UTF_8));
    }
  }
}
