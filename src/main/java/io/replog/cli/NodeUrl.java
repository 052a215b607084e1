package io.replog.cli;

import io.replog.client.Credentials;
import io.replog.client.ReplogClient;
import io.replog.config.AccessProperty;
import io.replog.config.BadSettingException;
import io.replog.config.NodeKind;
import io.replog.config.Property;
import io.replog.config.Settings;
import io.replog.trust.BadTrustFileException;
import io.replog.trust.Roots;
import io.replog.trust.WatchedFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says which node a command talks to. */
final class NodeUrl {
  private static final int LONGEST_TOKEN = 2048;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "The node to talk to; default: REPLOG_URL, else http://localhost:8080. A read may ask any"
              + " node, an append a master.")
  private @Nullable String url;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description =
          "The token to show; default: REPLOG_TOKEN, else the file of --token-file. Other users of"
              + " this machine can see a command line: better one of those.")
  private @Nullable String token;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A file that holds the token alone; default: REPLOG_TOKEN_FILE.")
  private @Nullable String tokenFile;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description =
          "The roots to believe where the URL is https, as PEM; default: REPLOG_TLS_CA_FILE, else"
              + " the JDK's.")
  private @Nullable String caFile;

  boolean isGiven() {
    return url != null;
  }

  URI url() {
    return Settings.url(url);
  }

  ReplogClient client() {
    return new ReplogClient(url(), credentials());
  }

  Credentials credentials() {
    Map<Property<?>, String> given = new HashMap<>();
    put(given, AccessProperty.TOKEN, token);
    put(given, AccessProperty.TOKEN_FILE, tokenFile);
    put(given, AccessProperty.CA_FILE, caFile);
    return credentials(Settings.of(NodeKind.MASTER, given));
  }

  /** What the environment says, for calls that no option belongs to. */
  static Credentials ofTheEnvironment() {
    return credentials(Settings.of(NodeKind.MASTER, Map.of()));
  }

  private static Credentials credentials(Settings settings) {
    try {
      SSLContext tls = settings.find(AccessProperty.CA_FILE).map(NodeUrl::roots).orElse(null);
      return new Credentials(token(settings), tls);
    } catch (IllegalArgumentException | BadTrustFileException e) {
      throw new BadSettingException(String.valueOf(e.getMessage()));
    }
  }

  private static SSLContext roots(Path file) {
    return new Roots(new WatchedFile<>(file, Roots.LONGEST_FILE, Roots::parse), true).context();
  }

  private static @Nullable String token(Settings settings) {
    return settings
        .find(AccessProperty.TOKEN)
        .or(
            () ->
                settings
                    .find(AccessProperty.TOKEN_FILE)
                    .map(file -> new WatchedFile<>(file, LONGEST_TOKEN, String::strip).get()))
        .orElse(null);
  }

  private static void put(
      Map<Property<?>, String> given, Property<?> property, @Nullable String value) {
    if (value != null) {
      given.put(property, value);
    }
  }
}
