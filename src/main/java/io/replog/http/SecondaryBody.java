package io.replog.http;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A secondary that asks to be one of the cluster's. */
record SecondaryBody(String id, String url) {
  private static final List<String> MEMBERS = List.of("id", "url");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /**
   * Reads a body.
   *
   * @throws ProblemException if it is not valid
   */
  static SecondaryBody read(byte[] bytes) {
    Members members = new Members();
    JsonBody.read(bytes, MEMBERS, members::read);
    if (members.id == null || members.url == null) {
      throw ProblemException.invalid("\"id\" and \"url\" must both be there");
    }
    return new SecondaryBody(members.id, members.url);
  }

  byte[] json() {
    return Json.bytes(
        json -> {
          json.writeStartObject();
          json.writeStringField("id", id);
          json.writeStringField("url", url);
          json.writeEndObject();
        });
  }

  private static final class Members {
    private @Nullable String id;
    private @Nullable String url;

    void read(String name, JsonBody value) throws IOException {
      String text = value.text();
      if (name.equals("id")) {
        if (!ID.matcher(text).matches()) {
          throw value.wrong(
              "must be 1 to 128 letters, digits, '.', '_' or '-', the first a letter or digit");
        }
        id = text;
      } else {
        if (!isBaseUrl(text)) {
          throw value.wrong("must be a URL such as http://localhost:8081");
        }
        url = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
      }
    }

    private static boolean isBaseUrl(String text) {
      try {
        URI uri = new URI(text);
        return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
            && uri.getHost() != null
            && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))
            && uri.getRawQuery() == null
            && uri.getRawFragment() == null
            && uri.getRawUserInfo() == null;
      } catch (URISyntaxException e) {
        return false;
      }
    }
  }
}
