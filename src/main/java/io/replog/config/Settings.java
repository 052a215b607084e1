package io.replog.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a value comes from. An option goes before a system property, that before {@code REPLOG_*},
 * that before the other environment variables of the {@link Property} in their order, these before
 * the default. An empty environment variable is one that is not set. Every value of the source that
 * wins is checked; the others are not looked at.
 */
public final class Settings {
  private static final Set<String> OF_THE_SCRIPT =
      Set.of("REPLOG_JAVA_HOME", "REPLOG_HEAP", "REPLOG_JAVA_OPTS", "REPLOG_COLLECT_CLASSES");
  private static final Path NAMESPACE_OF_THE_POD =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");
  private static final Pattern NUMBERED = Pattern.compile(".*-(\\d{1,4})");
  private static final int LONGEST_SHOWN = 80;

  private final NodeKind kind;
  private final Map<Property<?>, String> options;
  private final Map<String, String> systemProperties;
  private final Map<String, String> environment;
  private final Supplier<String> hostName;

  /** A value, and the name under which it was found. */
  private record Found<T>(String source, String text, Form<T> form) {}

  /**
   * @param kind which variables are heeded: {@code MASTER_PORT} means nothing to a secondary
   * @param options what the command line said
   * @param hostName the name of this machine, asked for only when it is needed
   */
  Settings(
      NodeKind kind,
      Map<Property<?>, String> options,
      Map<String, String> systemProperties,
      Map<String, String> environment,
      Supplier<String> hostName) {
    this.kind = kind;
    this.options = Map.copyOf(options);
    this.systemProperties = Map.copyOf(systemProperties);
    this.environment = Map.copyOf(environment);
    this.hostName = hostName;
  }

  /** What was set for the node that was started with these options, in this process. */
  public static Settings of(NodeOptions options) {
    return of(options.kind(), options.given());
  }

  /** What was set for a command of this process: {@code options} as they were given. */
  public static Settings of(NodeKind kind, Map<Property<?>, String> options) {
    Map<String, String> properties = new LinkedHashMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      properties.put(name, System.getProperty(name));
    }
    return new Settings(kind, options, properties, System.getenv(), Settings::nameOfThisHost);
  }

  /** The node that the client commands talk to. */
  public static URI url(@Nullable String option) {
    return of(NodeKind.MASTER, option == null ? Map.of() : Map.of(Property.URL, option))
        .get(Property.URL);
  }

  /**
   * The value in force, nothing where there is none.
   *
   * @throws BadSettingException if it is of a wrong form
   */
  public <T> Optional<T> find(Property<T> property) {
    return found(property).map(Settings::read);
  }

  /** The value in force of a property that always has one. */
  public <T> T get(Property<T> property) {
    return find(property).orElseThrow(() -> new IllegalStateException(property.name()));
  }

  /**
   * Every property that has a value, written in the property's own form wherever it was set: for
   * what reads {@code replog.*} names.
   *
   * @throws BadSettingException at the first value that cannot be
   */
  public Map<String, String> effective() {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Property<?> property : Property.all()) {
      find(property).ifPresent(value -> texts.put(property.name(), text(value)));
    }
    return texts;
  }

  private static String text(Object value) {
    return switch (value) {
      case Duration duration -> Form.text(duration);
      case List<?> list -> list.stream().map(Settings::itemText).collect(Collectors.joining(","));
      default -> value.toString();
    };
  }

  private static String itemText(Object item) {
    return item instanceof Duration delay ? Long.toString(delay.toMillis()) : item.toString();
  }

  /**
   * {@code REPLOG_*} variables and {@code replog.*} system properties that set nothing: likely
   * mistyped.
   */
  public List<String> unknown() {
    List<String> known =
        Property.all().stream()
            .flatMap(p -> Stream.concat(p.variables().stream(), p.systemProperties().stream()))
            .toList();
    return Stream.concat(
            environment.keySet().stream().filter(name -> name.startsWith("REPLOG_")),
            systemProperties.keySet().stream().filter(name -> name.startsWith("replog.")))
        .filter(name -> !known.contains(name) && !OF_THE_SCRIPT.contains(name))
        .sorted()
        .toList();
  }

  /**
   * The settings of a node.
   *
   * @throws BadSettingException at the first value that cannot be
   */
  public NodeSettings node() {
    String host = get(Property.HOST);
    int port = port();
    URI advertise = advertise(host, port);
    String id = find(Property.ID).orElse(null);
    String defaultId = kind == NodeKind.MASTER ? "master-0" : idOf(advertise);
    return new NodeSettings(
        kind,
        id,
        defaultId,
        find(Property.DATA).orElseGet(() -> Path.of("replog-data", id == null ? defaultId : id)),
        host,
        port,
        advertise,
        kind == NodeKind.MASTER ? declared() : null,
        get(Property.JOIN),
        kind == NodeKind.SECONDARY ? find(Property.MASTER).orElse(null) : null,
        delay(id),
        find(Property.SUPERVISED_BY).orElse(null),
        appends(),
        detection(),
        replication(),
        get(Property.SEGMENT_SIZE),
        new NodeSettings.Retention(
            find(Property.RETENTION_BYTES).orElse(null), find(Property.RETENTION_AGE).orElse(null)),
        get(Property.REPAIR_TIMEOUT),
        new NodeSettings.Scrub(get(Property.SCRUB_RATE), get(Property.SCRUB_PAUSE)),
        get(Property.FAULTS),
        get(Property.LOG_FORMAT),
        find(Property.TRACING_ENDPOINT).orElse(null),
        kubernetes(),
        trust(),
        new NodeSettings.Limits(
            get(AccessProperty.CONNECTIONS),
            get(AccessProperty.STREAMS),
            get(AccessProperty.IDLE),
            get(AccessProperty.REQUEST_TIME),
            get(AccessProperty.SLOW_READER)));
  }

  private NodeSettings.Trust trust() {
    Path tokens = find(AccessProperty.TOKENS_FILE).orElse(null);
    Path secret = find(AccessProperty.SECRET_FILE).orElse(null);
    if (tokens != null && secret == null) {
      throw new BadSettingException(
          "%s is set, and %s is not; without a secret between nodes whoever reaches a node could"
                  .formatted(source(AccessProperty.TOKENS_FILE), AccessProperty.SECRET_FILE.name())
              + " write the log as one");
    }
    Path ring = find(AccessProperty.EVIDENCE_RING).orElse(null);
    Path key = find(AccessProperty.EVIDENCE_KEY).orElse(null);
    if (key != null && ring == null) {
      throw new BadSettingException(
          "%s is set, and %s is not; a node signs only what the others can check"
              .formatted(source(AccessProperty.EVIDENCE_KEY), AccessProperty.EVIDENCE_RING.name()));
    }
    return new NodeSettings.Trust(
        tokens, secret, get(AccessProperty.OPEN_METRICS), tls(), ring, key);
  }

  private NodeSettings.@Nullable Tls tls() {
    Path certificate = find(AccessProperty.CERTIFICATE_FILE).orElse(null);
    Path key = find(AccessProperty.KEY_FILE).orElse(null);
    if (certificate == null && key == null) {
      return null;
    }
    if (certificate == null || key == null) {
      throw new BadSettingException(
          "%s is set, and %s is not; a certificate goes with its key"
              .formatted(
                  source(key == null ? AccessProperty.CERTIFICATE_FILE : AccessProperty.KEY_FILE),
                  (key == null ? AccessProperty.KEY_FILE : AccessProperty.CERTIFICATE_FILE)
                      .name()));
    }
    return new NodeSettings.Tls(
        certificate,
        key,
        find(AccessProperty.CA_FILE).orElse(null),
        get(AccessProperty.PEER_NAMES));
  }

  /**
   * A secondary's own delay; else the one that a list for all of them has for its number, so that
   * the pods of a StatefulSet can share their environment.
   */
  private Duration delay(@Nullable String id) {
    List<Duration> listed = find(Property.CLUSTER_DELAYS).orElse(List.of());
    if (kind == NodeKind.MASTER || isSet(Property.DELAY) || listed.isEmpty()) {
      return get(Property.DELAY);
    }
    if (listed.size() == 1) {
      return listed.getFirst();
    }
    Matcher numbered = NUMBERED.matcher(id == null ? "" : id);
    int number = numbered.matches() ? Integer.parseInt(numbered.group(1)) : Integer.MAX_VALUE;
    return number < listed.size() ? listed.get(number) : Duration.ZERO;
  }

  private NodeSettings.@Nullable Kubernetes kubernetes() {
    if (!get(Property.KUBERNETES)) {
      return null;
    }
    if (kind == NodeKind.MASTER && declared() != null) {
      throw new BadSettingException(
          "%s is set, and so is %s; the secondaries are either declared or found by Kubernetes"
              .formatted(source(Property.SECONDARIES), source(Property.KUBERNETES)));
    }
    return new NodeSettings.Kubernetes(
        find(Property.KUBERNETES_API).orElse(null),
        // a secondary asks the API for nothing, and needs no service account
        find(Property.KUBERNETES_NAMESPACE)
            .orElseGet(() -> kind == NodeKind.MASTER ? namespaceOfThisPod() : ""),
        get(Property.KUBERNETES_STATEFUL_SET),
        get(Property.KUBERNETES_SERVICE),
        get(Property.KUBERNETES_RECORD),
        tls() == null ? "http" : "https",
        get(Property.LEAVE_WITHIN));
  }

  private static String namespaceOfThisPod() {
    try {
      return Files.readString(NAMESPACE_OF_THE_POD).strip();
    } catch (IOException e) {
      throw new BadSettingException(
          "REPLOG_KUBERNETES_NAMESPACE is needed: no service account is mounted that says it; it"
              + " must be "
              + Property.KUBERNETES_NAMESPACE.form().allowed());
    }
  }

  /**
   * The settings of a cluster on this machine.
   *
   * @throws BadSettingException at the first value that cannot be
   */
  public ClusterSettings cluster() {
    int masters = get(Property.CLUSTER_MASTERS);
    int secondaries = get(Property.CLUSTER_SECONDARIES);
    int port = port();
    int last = port + masters + secondaries - 1;
    if (last > 65535) {
      throw new BadSettingException(
          "%s leaves no room: %d nodes from port %d on would need port %d, the highest is 65535"
              .formatted(source(Property.PORT), masters + secondaries, port, last));
    }
    List<Duration> named = find(Property.CLUSTER_DELAYS).orElse(List.of());
    if (named.size() > secondaries) {
      throw new BadSettingException(
          "%s names %d delays for %d secondaries; allowed: at most one for each"
              .formatted(source(Property.CLUSTER_DELAYS), named.size(), secondaries));
    }
    List<Duration> delays = new ArrayList<>(named);
    while (delays.size() < secondaries) {
      delays.add(get(Property.DELAY));
    }
    return new ClusterSettings(
        masters,
        List.copyOf(delays),
        get(Property.HOST),
        port,
        find(Property.DATA).orElse(Path.of("replog-data")),
        !isSet(Property.FAULTS) || get(Property.FAULTS));
  }

  private @Nullable List<URI> declared() {
    return find(Property.SECONDARIES).filter(all -> !all.isEmpty()).orElse(null);
  }

  private int port() {
    return find(Property.PORT).orElse(kind == NodeKind.MASTER ? 8080 : 8081);
  }

  private URI advertise(String host, int port) {
    return find(Property.ADVERTISE)
        .orElseGet(
            () -> {
              String name =
                  find(Property.ADVERTISED_HOST)
                      .orElseGet(() -> isLoopback(host) ? "127.0.0.1" : hostName.get());
              String scheme = tls() == null ? "http://" : "https://";
              return URI.create(
                  scheme + (name.contains(":") ? "[" + name + "]" : name) + ":" + port);
            });
  }

  /** Whether only this machine reaches what is bound to this address. */
  public static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("::1") || host.matches("127(\\.\\d+){3}");
  }

  private static String idOf(URI advertise) {
    String port = advertise.getPort() < 0 ? "" : "-" + advertise.getPort();
    return (advertise.getHost() + port)
        .replaceAll("[^A-Za-z0-9._-]+", "-")
        .replaceAll("^[._-]+", "");
  }

  private NodeSettings.Appends appends() {
    return new NodeSettings.Appends(
        get(Property.WRITE_CONCERN),
        get(Property.JOURNAL),
        get(Property.QUORUM_APPEND),
        get(Property.MAX_WAITING_APPENDS),
        get(Property.DEDUPLICATION),
        get(Property.DEDUPLICATION_ENTRIES),
        get(Property.DEDUPLICATION_AGE));
  }

  private NodeSettings.Detection detection() {
    above(Property.SUSPECTED, Property.HEARTBEAT);
    above(Property.UNHEALTHY, Property.SUSPECTED);
    above(Property.ELECTION_TIMEOUT, Property.HEARTBEAT);
    return new NodeSettings.Detection(
        get(Property.HEARTBEAT),
        get(Property.SUSPECTED),
        get(Property.UNHEALTHY),
        get(Property.ELECTION_TIMEOUT));
  }

  private NodeSettings.Replication replication() {
    if (get(Property.RETRY_CEILING).compareTo(get(Property.RETRY_BASE)) < 0) {
      throw contradiction(Property.RETRY_CEILING, "not below", Property.RETRY_BASE);
    }
    return new NodeSettings.Replication(
        get(Property.IN_FLIGHT_LIMIT),
        get(Property.RETRY_BASE),
        get(Property.RETRY_CEILING),
        get(Property.REQUEST_TIMEOUT));
  }

  private void above(Property<Duration> higher, Property<Duration> lower) {
    if (get(higher).compareTo(get(lower)) <= 0) {
      throw contradiction(higher, "above", lower);
    }
  }

  private BadSettingException contradiction(
      Property<Duration> wrong, String how, Property<Duration> other) {
    return new BadSettingException(
        "%s is %s; it must be %s %s, which is %s"
            .formatted(
                source(wrong), Form.text(get(wrong)), how, source(other), Form.text(get(other))));
  }

  /** Whether it has a value other than its default. */
  public boolean isSet(Property<?> property) {
    return !source(property).equals(property.name());
  }

  /** The name under which the value in force was set; the property's own name for a default. */
  private String source(Property<?> property) {
    return found(property).map(found -> found.source()).orElse(property.name());
  }

  private <T> Optional<Found<T>> found(Property<T> property) {
    String option = options.get(property);
    if (option != null) {
      return Optional.of(new Found<>(named(property), option, property.form()));
    }
    for (String name : property.systemProperties()) {
      String text = systemProperties.get(name);
      if (text != null) {
        return Optional.of(new Found<>("-D" + name, text, property.form()));
      }
    }
    for (String name : property.variables()) {
      String text = environment.get(name);
      if (text != null && !text.isBlank()) {
        return Optional.of(new Found<>(name, text, property.form()));
      }
    }
    for (Property.Variable<T> variable : property.others()) {
      String text = environment.get(variable.name());
      boolean heeded = variable.only() == null || variable.only() == kind;
      if (text != null && !text.isBlank() && heeded) {
        return Optional.of(new Found<>(variable.name(), text, variable.form()));
      }
    }
    return Optional.ofNullable(property.defaultText())
        .map(text -> new Found<>(property.name(), text, property.form()));
  }

  private static String named(Property<?> property) {
    String option = property.option();
    return option == null ? property.name() : option;
  }

  private static <T> T read(Found<T> found) {
    return found
        .form()
        .read(found.text())
        .orElseThrow(
            () ->
                new BadSettingException(
                    "%s is '%s'; it must be %s"
                        .formatted(found.source(), shown(found.text()), found.form().allowed())));
  }

  /** The text on one line. */
  private static String shown(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "…";
  }

  private static @Nullable String nameOrNull() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static String nameOfThisHost() {
    String name = nameOrNull();
    if (name == null) {
      throw new BadSettingException(
          "--advertise is needed: this machine's own name is not known; it must be "
              + Property.ADVERTISE.form().allowed());
    }
    return name;
  }
}
