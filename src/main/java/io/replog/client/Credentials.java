package io.replog.client;

import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a client shows, and whom it believes.
 *
 * @param token sent with every request as a bearer token, null for none; {@link #toString} hides it
 * @param tls whose certificates are believed, null for those that the JDK believes
 */
public record Credentials(@Nullable String token, @Nullable SSLContext tls) {
  /** No token, and the JDK's roots. */
  public static final Credentials NONE = new Credentials(null, null);

  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]{1,1024}");

  /** Refuses what no header can carry; the message does not show it. */
  public Credentials {
    if (token != null && !TOKEN.matcher(token).matches()) {
      throw new IllegalArgumentException(
          "a token must be 1 to 1024 letters, digits or characters of -._~+/=");
    }
  }

  @Override
  public String toString() {
    return token == null ? "no token" : "a token";
  }
}
