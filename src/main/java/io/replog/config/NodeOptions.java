package io.replog.config;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the command line of {@code replog master} and {@code replog secondary} said, as it was said:
 * {@link Settings} checks the values together with those from the environment. Null is not given.
 *
 * @param kind which of the two commands
 * @param host where to bind
 * @param port where to listen
 * @param data the data directory
 * @param id the node id
 * @param advertise the URL that this node gives to others
 * @param secondaries a master's declared secondaries, their URLs separated by commas
 * @param join a master that never begins a new log
 * @param master the URL at which a secondary registers
 * @param delay latency before an entry is stored
 * @param evidenceRing the directory of the nodes' public keys
 * @param evidenceKey the file of this node's private key
 * @param supervisedBy the process without which this node stops
 */
public record NodeOptions(
    NodeKind kind,
    @Nullable String host,
    @Nullable String port,
    @Nullable String data,
    @Nullable String id,
    @Nullable String advertise,
    @Nullable String secondaries,
    @Nullable String join,
    @Nullable String master,
    @Nullable String delay,
    @Nullable String evidenceRing,
    @Nullable String evidenceKey,
    @Nullable String supervisedBy) {

  /** A node started with no option at all. */
  public static NodeOptions none(NodeKind kind) {
    return new NodeOptions(
        kind, null, null, null, null, null, null, null, null, null, null, null, null);
  }

  Map<Property<?>, String> given() {
    Map<Property<?>, String> given = new LinkedHashMap<>();
    put(given, Property.HOST, host);
    put(given, Property.PORT, port);
    put(given, Property.DATA, data);
    put(given, Property.ID, id);
    put(given, Property.ADVERTISE, advertise);
    put(given, Property.SECONDARIES, secondaries);
    put(given, Property.JOIN, join);
    put(given, Property.MASTER, master);
    put(given, Property.DELAY, delay);
    put(given, AccessProperty.EVIDENCE_RING, evidenceRing);
    put(given, AccessProperty.EVIDENCE_KEY, evidenceKey);
    put(given, Property.SUPERVISED_BY, supervisedBy);
    return given;
  }

  private static void put(
      Map<Property<?>, String> given, Property<?> property, @Nullable String value) {
    if (value != null) {
      given.put(property, value);
    }
  }
}
