package io.replog.cli;

import io.replog.client.ReplogClient;
import io.replog.config.Settings;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says which node a command talks to. */
final class NodeUrl {
  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "The node to talk to; default: REPLOG_URL, else http://localhost:8080. A read may ask any"
              + " node, an append a master.")
  private @Nullable String url;

  boolean isGiven() {
    return url != null;
  }

  URI url() {
    return Settings.url(url);
  }

  ReplogClient client() {
    return new ReplogClient(url());
  }
}
