package io.replog.trust;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of clients. One a line: {@code NAME ROLE TOKEN}, or {@code NAME ROLE sha256:HEX} with
 * the token's SHA-256, so that the file itself opens nothing. Empty lines and lines that begin with
 * {@code #} say nothing. A name may have several tokens: the old and the new one while clients
 * change over.
 *
 * <p>Immutable. Only hashes are kept, and what is presented is compared with every one of them, so
 * that the time it takes tells nothing about a token.
 */
public final class Tokens {
  /** Longest file that is read, in bytes. */
  public static final int LONGEST_FILE = 1 << 18;

  /** Longest token, in characters; a longer one is never hashed. */
  static final int LONGEST = 1024;

  private static final int SHORTEST = 16;
  private static final int MOST = 1000;
  private static final String HASHED = "sha256:";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]+");
  private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{64}");

  /** Whose token it is, and what it may do. */
  public record Holder(String name, Role role) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared as a record
  private record Line(Holder holder, byte[] hash) {}

  private final List<Line> lines;

  private Tokens(List<Line> lines) {
    this.lines = List.copyOf(lines);
  }

  /**
   * Reads the text of a file.
   *
   * @throws BadTrustFileException at the first line that is wrong; it names the line and what is
   *     allowed
   */
  public static Tokens parse(String text) {
    List<Line> lines = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    int number = 0;
    for (String raw : text.lines().toList()) {
      number++;
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      Line read = line(line.split("\\s+"), number);
      if (!seen.add(HexFormat.of().formatHex(read.hash()))) {
        throw new BadTrustFileException("line " + number + ": this token is there already");
      }
      lines.add(read);
      if (lines.size() > MOST) {
        throw new BadTrustFileException("more than " + MOST + " tokens");
      }
    }
    if (lines.isEmpty()) {
      throw new BadTrustFileException("no token; a line is NAME ROLE TOKEN");
    }
    return new Tokens(lines);
  }

  private static Line line(String[] words, int number) {
    if (words.length != 3) {
      throw wrong(number, "must be NAME ROLE TOKEN or NAME ROLE sha256:HEX");
    }
    if (!NAME.matcher(words[0]).matches()) {
      throw wrong(number, "the name must be 1 to 64 letters, digits, '.', '_', '@' or '-'");
    }
    Role role =
        Role.of(words[1])
            .orElseThrow(() -> wrong(number, "the role must be read, append or operate"));
    return new Line(new Holder(words[0], role), hash(words[2], number));
  }

  private static byte[] hash(String token, int number) {
    if (token.startsWith(HASHED)) {
      String hex = token.substring(HASHED.length());
      if (!HEX.matcher(hex).matches()) {
        throw wrong(number, "behind sha256: must be 64 hex digits");
      }
      return HexFormat.of().parseHex(hex);
    }
    if (token.length() < SHORTEST || token.length() > LONGEST || !TOKEN.matcher(token).matches()) {
      throw wrong(
          number,
          "a token must be %d to %d letters, digits or characters of -._~+/="
              .formatted(SHORTEST, LONGEST));
    }
    return Digests.sha256(token);
  }

  private static BadTrustFileException wrong(int number, String why) {
    return new BadTrustFileException("line " + number + ": " + why);
  }

  /** How many there are. */
  public int size() {
    return lines.size();
  }

  /** Whose token this is, null if it is nobody's. Takes as long for any token. */
  public @Nullable Holder holder(String presented) {
    if (presented.length() > LONGEST) {
      return null;
    }
    byte[] hash = Digests.sha256(presented);
    Holder found = null;
    for (Line line : lines) {
      if (MessageDigest.isEqual(line.hash(), hash)) {
        found = line.holder();
      }
    }
    return found;
  }
}
