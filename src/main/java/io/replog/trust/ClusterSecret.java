package io.replog.trust;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The secret that the nodes of a cluster share, and by which one knows another. It never leaves the
 * node: a request carries {@code Authorization: Replog-Node TIME NONCE MAC}, where the MAC is
 * HMAC-SHA256 over method, path, time and nonce. A request that was overheard is worth nothing: a
 * node takes each nonce once, and only while the sender's clock is within {@link #WINDOW} of its
 * own. Whoever answers proves by a second MAC that it has the secret too.
 *
 * <p>Any thread.
 */
public final class ClusterSecret {
  /** The scheme of the Authorization header. */
  public static final String SCHEME = "Replog-Node";

  /** The header of an answer that carries the proof. */
  public static final String PROOF = "Replog-Node-Proof";

  /** How far apart the clocks of two nodes may be. */
  public static final Duration WINDOW = Duration.ofMinutes(5);

  /** Longest file that is read, in bytes. */
  public static final int LONGEST_FILE = 4096;

  private static final int SHORTEST = 16;
  private static final int MOST_KEYS = 2;
  private static final int MOST_NONCES = 100_000;
  private static final int NONCE_BYTES = 16;

  private final Supplier<Keys> keys;
  private final LongSupplier clock;
  private final SecureRandom random = new SecureRandom();

  /** Nonces that were taken, with the time from which on they are refused as too old anyway. */
  private final Map<String, Long> taken = new LinkedHashMap<>();

  /**
   * The lines of the file.
   *
   * @param all the first signs; each is accepted, so that nodes can change over one by one
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Keys(List<byte[]> all) {
    /**
     * Reads the text of a file: one secret, or two lines while it is changed.
     *
     * @throws BadTrustFileException if it is none
     */
    public static Keys parse(String text) {
      List<byte[]> all = new ArrayList<>();
      for (String line : text.lines().map(String::strip).toList()) {
        if (line.isEmpty()) {
          continue;
        }
        if (line.length() < SHORTEST) {
          throw new BadTrustFileException(
              "a cluster secret must have at least " + SHORTEST + " characters");
        }
        all.add(line.getBytes(UTF_8));
      }
      if (all.isEmpty() || all.size() > MOST_KEYS) {
        throw new BadTrustFileException(
            "must have one line, or two while the secret is changed, not " + all.size());
      }
      return new Keys(List.copyOf(all));
    }
  }

  /** What became of a check. */
  public sealed interface Check {
    /** The sender has the secret. */
    record Known() implements Check {}

    /**
     * It does not, or says it in a way that cannot be believed.
     *
     * @param why for people; tells nothing about the secret
     */
    record Unknown(String why) implements Check {}
  }

  /**
   * @param keys the keys in force now
   * @param clock milliseconds since 1970
   */
  public ClusterSecret(Supplier<Keys> keys, LongSupplier clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /** The Authorization header of a request. */
  public String sign(String method, String path) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    String time = Long.toString(clock.getAsLong());
    String hex = HexFormat.of().formatHex(nonce);
    byte[] mac = request(keys.get().all().getFirst(), method, path, time, hex);
    return SCHEME + " " + time + " " + hex + " " + text(mac);
  }

  /** Whether the sender of a request with this Authorization header has the secret. Once. */
  public Check check(String authorization, String method, String path) {
    String[] words = authorization.split(" ", -1);
    if (words.length != 4
        || !words[0].equals(SCHEME)
        || !words[1].matches("\\d{1,15}")
        || !words[2].matches("[0-9a-f]{32}")) {
      return new Check.Unknown("must be " + SCHEME + " TIME NONCE MAC");
    }
    if (keyOf(words, method, path) == null) {
      return new Check.Unknown("not signed with this cluster's secret");
    }
    long now = clock.getAsLong();
    long apart = Math.abs(now - Long.parseLong(words[1]));
    if (apart > WINDOW.toMillis()) {
      return new Check.Unknown(
          "the clocks of the two nodes are %d s apart; allowed: %d s"
              .formatted(apart / 1000, WINDOW.toSeconds()));
    }
    return take(words[2], now) ? new Check.Known() : new Check.Unknown("used before");
  }

  /**
   * The proof that goes with the answer to a request that was checked.
   *
   * @param authorization of the request
   */
  public String proof(String authorization, String method, String path) {
    byte[] key = keyOf(authorization.split(" ", -1), method, path);
    return text(answer(key == null ? keys.get().all().getFirst() : key, authorization));
  }

  /**
   * Whether whoever answered has the secret.
   *
   * @param authorization what the request was signed with
   */
  public boolean proves(@Nullable String proof, String authorization) {
    boolean proven = false;
    for (byte[] key : keys.get().all()) {
      proven |= proof != null && same(text(answer(key, authorization)), proof);
    }
    return proven;
  }

  private byte @Nullable [] keyOf(String[] words, String method, String path) {
    byte[] found = null;
    if (words.length != 4) {
      return null;
    }
    for (byte[] key : keys.get().all()) {
      if (same(text(request(key, method, path, words[1], words[2])), words[3])) {
        found = key;
      }
    }
    return found;
  }

  private boolean take(String nonce, long now) {
    synchronized (taken) {
      var oldest = taken.values().iterator();
      while (oldest.hasNext() && oldest.next() < now) {
        oldest.remove();
      }
      if (taken.size() >= MOST_NONCES) {
        return false;
      }
      // the sender's clock may be ahead by the whole window, and then it takes two to run out
      return taken.putIfAbsent(nonce, now + 2 * WINDOW.toMillis()) == null;
    }
  }

  private static byte[] request(byte[] key, String method, String path, String time, String nonce) {
    return Digests.hmac(key, String.join("\n", "replog-node-request-1", method, path, time, nonce));
  }

  private static byte[] answer(byte[] key, String authorization) {
    return Digests.hmac(key, "replog-node-answer-1\n" + authorization);
  }

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }

  private static String text(byte[] mac) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(mac);
  }
}
