package io.replog.http;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * The pages for people and what they load, as they are in the jar: a closed list, read when
 * somebody asks. Nothing comes from elsewhere, and a browser is told to hold them to that.
 *
 * <p>Reads from the jar: not on an event loop.
 */
final class PageFiles {
  static final String DASHBOARD = "index.html";
  static final String API = "api.html";

  /**
   * No inline script or style, no other origin, no frame around it, no form that leaves it. Images
   * as data are what the page of the API draws its arrows with.
   */
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final String HTML = "text/html;charset=utf-8";
  private static final String SCRIPT = "text/javascript;charset=utf-8";
  private static final String STYLE = "text/css;charset=utf-8";

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry(DASHBOARD, HTML),
          Map.entry(API, HTML),
          Map.entry("style.css", STYLE),
          Map.entry("swagger-ui.css", STYLE),
          Map.entry("icon.svg", "image/svg+xml"),
          Map.entry("dashboard.js", SCRIPT),
          Map.entry("api.js", SCRIPT),
          Map.entry("cluster.js", SCRIPT),
          Map.entry("picture.js", SCRIPT),
          Map.entry("timeline.js", SCRIPT),
          Map.entry("logs.js", SCRIPT),
          Map.entry("append.js", SCRIPT),
          Map.entry("faults.js", SCRIPT),
          Map.entry("plots.js", SCRIPT),
          Map.entry("dom.js", SCRIPT),
          Map.entry("nodes.js", SCRIPT),
          Map.entry("token.js", SCRIPT),
          Map.entry("chart.umd.min.js", SCRIPT),
          Map.entry("swagger-ui-bundle.js", SCRIPT));

  private PageFiles() {}

  /**
   * One of the files, or 304 where the browser has it.
   *
   * @throws ProblemException if there is none of this name
   */
  static HttpResponse<?> answer(HttpRequest<?> request, String name) {
    String type = TYPES.get(name);
    if (type == null) {
      throw new ProblemException(Problem.notFound("there is no page or part of one of this name"));
    }
    byte[] bytes = read(name);
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    String tag = "\"" + HexFormat.of().toHexDigits((int) sum.getValue()) + "\"";
    boolean known = tag.equals(request.getHeaders().get(HttpHeaders.IF_NONE_MATCH));
    MutableHttpResponse<?> response =
        known ? HttpResponse.notModified() : HttpResponse.ok(bytes).contentType(MediaType.of(type));
    return response
        .header(HttpHeaders.ETAG, tag)
        .header(HttpHeaders.CACHE_CONTROL, "no-cache")
        .header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        .header("X-Content-Type-Options", "nosniff")
        .header("X-Frame-Options", "DENY")
        .header("Referrer-Policy", "no-referrer")
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .header("Cross-Origin-Resource-Policy", "same-origin");
  }

  private static byte[] read(String name) {
    try (InputStream file = PageFiles.class.getResourceAsStream("/pages/" + name)) {
      return Objects.requireNonNull(file, name + " in the jar").readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
