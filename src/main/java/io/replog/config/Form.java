package io.replog.config;

import io.replog.core.WriteConcern;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a value looks like.
 *
 * @param allowed the allowed form in words, to follow "must be"
 * @param reader the value that a text means, or nothing where the text is of another form
 */
public record Form<T>(String allowed, Function<String, Optional<T>> reader) {
  private static final Pattern DURATION =
      Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)\\s*(ms|s|m|h|d)?");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*(KiB|MiB|GiB)?");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern OBJECT = Pattern.compile("[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?");
  private static final int MAX_LIST = WriteConcern.MAX_COPIES - 1;

  /** The value that this text means. */
  public Optional<T> read(String text) {
    return reader.apply(text.strip());
  }

  static Form<Integer> number(int least, int most) {
    return new Form<>(
        "a whole number from " + least + " to " + most,
        text -> whole(text).filter(n -> n >= least && n <= most).map(Long::intValue));
  }

  static Form<Long> processId() {
    return new Form<>("a process id", text -> whole(text).filter(n -> n > 0));
  }

  static Form<Boolean> truth() {
    return new Form<>(
        "true or false",
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> Optional.empty();
            });
  }

  /** Of {@code 250ms}, {@code 1s}, {@code PT1S}, or a bare number of milliseconds. */
  static Form<Duration> duration(Duration least, Duration most) {
    return new Form<>(
        "a duration such as 250ms, 1s or PT1S, or a number of milliseconds, from %s to %s"
            .formatted(text(least), text(most)),
        text -> anyDuration(text).filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0));
  }

  static Form<Duration> milliseconds(Duration most) {
    return new Form<>(
        "whole milliseconds from 0 to " + most.toMillis(),
        text -> whole(text).filter(n -> n <= most.toMillis()).map(Duration::ofMillis));
  }

  static Form<Duration> seconds(Duration most) {
    return new Form<>(
        "seconds, fractions too (0.5), from 0 to " + most.toSeconds(),
        text ->
            text.matches("\\d{1,9}(\\.\\d{0,9})?|\\.\\d{1,9}")
                ? Optional.of(times(text, Duration.ofSeconds(1)))
                    .filter(d -> d.compareTo(most) <= 0)
                : Optional.empty());
  }

  static Form<List<Duration>> delays(Duration most) {
    Form<Duration> each = milliseconds(most);
    return new Form<>(
        "milliseconds separated by commas (0,500), each from 0 to " + most.toMillis(),
        text -> list(text, each));
  }

  /** Of {@code 16MiB} or a bare number of bytes. */
  static Form<Long> size(long least, long most) {
    return new Form<>(
        "a size such as 16MiB, or a number of bytes, from %s to %s"
            .formatted(sizeText(least), sizeText(most)),
        text -> bytes(text).filter(n -> n >= least && n <= most));
  }

  static Form<WriteConcern> writeConcern() {
    return new Form<>(
        "a number from 1 to " + WriteConcern.MAX_COPIES + ", majority or all",
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "majority" -> Optional.of(new WriteConcern.Majority());
              case "all" -> Optional.of(new WriteConcern.All());
              default ->
                  number(1, WriteConcern.MAX_COPIES).read(text).map(WriteConcern.Copies::new);
            });
  }

  static Form<DeduplicationMode> deduplication() {
    return new Form<>(
        "key or content",
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "key" -> Optional.of(DeduplicationMode.KEY);
              case "content" -> Optional.of(DeduplicationMode.CONTENT);
              default -> Optional.empty();
            });
  }

  static Form<LogFormat> logFormat() {
    return new Form<>(
        "text or json",
        text ->
            switch (text) {
              case "text" -> Optional.of(LogFormat.TEXT);
              case "json" -> Optional.of(LogFormat.JSON);
              default -> Optional.empty();
            });
  }

  static Form<String> id() {
    return new Form<>(
        "1 to 128 letters, digits, '.', '_' or '-', the first a letter or digit",
        text -> Optional.of(text).filter(t -> ID.matcher(t).matches()));
  }

  static Form<String> host() {
    return new Form<>(
        "a host name or an address, without scheme and port",
        text ->
            Optional.of(text).filter(t -> HOST.matcher(t).matches() || IPV6.matcher(t).matches()));
  }

  /** Of an object in Kubernetes: a DNS name in lower case. */
  static Form<String> objectName() {
    return new Form<>(
        "1 to 253 lower-case letters, digits, '-' or '.', the first and last a letter or digit",
        text -> Optional.of(text).filter(t -> OBJECT.matcher(t).matches()));
  }

  static Form<Path> directory() {
    return path("a directory");
  }

  static Form<Path> file() {
    return path("a file");
  }

  /** Of a text that is never shown, and checked by whoever uses it. */
  static Form<String> secret() {
    return new Form<>("a token", Optional::of);
  }

  private static Form<Path> path(String allowed) {
    return new Form<>(
        allowed,
        text -> {
          try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
          } catch (InvalidPathException e) {
            return Optional.empty();
          }
        });
  }

  /** Of {@code http://host:port}; {@code host:port} means the same, a host alone nothing. */
  static Form<URI> url() {
    return new Form<>(
        "a URL such as http://localhost:8080, or localhost:8080 for it", Form::anyUrl);
  }

  static Form<List<URI>> urls() {
    return new Form<>(
        "different URLs separated by commas, such as http://localhost:8081,http://localhost:8082,"
            + " or localhost:8081,localhost:8082 for them",
        text -> list(text, url()).filter(all -> all.stream().distinct().count() == all.size()));
  }

  /** A duration as it would be written here. */
  public static String text(Duration duration) {
    if (duration.toNanosPart() % 1_000_000 != 0) {
      return duration.toString();
    }
    long millis = duration.toMillis();
    if (millis % 1000 != 0 || millis == 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }

  private static String sizeText(long bytes) {
    if (bytes % (1 << 30) == 0) {
      return (bytes >> 30) + "GiB";
    }
    if (bytes % (1 << 20) == 0) {
      return (bytes >> 20) + "MiB";
    }
    return bytes % (1 << 10) == 0 ? (bytes >> 10) + "KiB" : Long.toString(bytes);
  }

  private static Optional<Long> whole(String text) {
    return text.matches("\\d{1,18}") ? Optional.of(Long.valueOf(text)) : Optional.empty();
  }

  private static Optional<Long> bytes(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int shift =
        switch (matcher.group(2)) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          case null, default -> 0;
        };
    long number = Long.parseLong(matcher.group(1));
    return number > Long.MAX_VALUE >> shift ? Optional.empty() : Optional.of(number << shift);
  }

  private static Optional<Duration> anyDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      try {
        return Optional.of(Duration.parse(text));
      } catch (DateTimeParseException | ArithmeticException e) {
        return Optional.empty();
      }
    }
    Duration unit =
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(1);
          case "m" -> Duration.ofMinutes(1);
          case "h" -> Duration.ofHours(1);
          case "d" -> Duration.ofDays(1);
          case null, default -> Duration.ofMillis(1);
        };
    return matcher.group(1).length() > 9
        ? Optional.empty()
        : Optional.of(times(matcher.group(1), unit));
  }

  private static Duration times(String number, Duration unit) {
    return Duration.ofNanos(
        new BigDecimal(number).multiply(BigDecimal.valueOf(unit.toNanos())).longValue());
  }

  private static Optional<URI> anyUrl(String text) {
    try {
      URI uri = new URI(text.contains("://") ? text : "http://" + text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      String path = uri.getRawPath();
      boolean whole = text.contains("://") || uri.getPort() > 0;
      if (!whole
          || !(scheme.equals("http") || scheme.equals("https"))
          || uri.getHost() == null
          || uri.getPort() == 0
          || uri.getPort() > 65535
          || uri.getRawUserInfo() != null
          || uri.getRawQuery() != null
          || uri.getRawFragment() != null
          || !(path == null || path.isEmpty() || path.equals("/"))) {
        return Optional.empty();
      }
      String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
      return Optional.of(new URI(scheme + "://" + uri.getHost() + port));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static <T> Optional<List<T>> list(String text, Form<T> each) {
    List<T> values = new ArrayList<>();
    if (text.isEmpty()) {
      return Optional.of(List.of());
    }
    for (String item : text.split(",", -1)) {
      Optional<T> value = each.read(item);
      if (value.isEmpty() || values.size() == MAX_LIST) {
        return Optional.empty();
      }
      values.add(value.get());
    }
    return Optional.of(List.copyOf(values));
  }

  /** A name with its hyphens made humps: {@code requestTimeout} of {@code request-timeout}. */
  static String camelCase(String name) {
    StringBuilder camel = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean hump = i > 0 && name.charAt(i - 1) == '-';
      if (c != '-') {
        camel.append(hump ? Character.toUpperCase(c) : c);
      }
    }
    return camel.toString();
  }
}
