package io.replog.replication.http;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where a stream is opened.
 *
 * @param tls whether it is encrypted
 * @param authority host and port as they were given, for the Host header
 * @param path path of the stream
 */
record StreamTarget(boolean tls, String host, int port, String authority, String path) {

  /**
   * Reads a node's base URL.
   *
   * @throws IllegalArgumentException if it is none that a stream can be opened to; the message says
   *     why
   */
  static StreamTarget of(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("no URL: " + url, e);
    }
    String host = uri.getHost();
    boolean tls = "https".equalsIgnoreCase(uri.getScheme());
    if (!(tls || "http".equalsIgnoreCase(uri.getScheme())) || host == null) {
      throw new IllegalArgumentException("no http or https URL with a host: " + url);
    }
    int port = uri.getPort() < 0 ? (tls ? 443 : 80) : uri.getPort();
    String base = uri.getRawPath();
    String path = (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + "/replicate";
    String authority = uri.getPort() < 0 ? host : host + ":" + port;
    return new StreamTarget(tls, host, port, authority, path);
  }
}
