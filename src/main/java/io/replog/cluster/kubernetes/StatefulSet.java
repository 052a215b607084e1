package io.replog.cluster.kubernetes;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.replog.cluster.Member;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What is read of the secondaries' StatefulSet; fields that are not known are not looked at. */
record StatefulSet(JsonObject object) {
  private static final int PORT = 8081;
  private static final String PORT_NAME = "http";

  /**
   * The secondaries that ought to be there: {@code secondary-} and the number of the pod, under the
   * stable name of the pod.
   */
  List<Member> members(String scheme, String namespace, String service) {
    int first = number(child(spec(), "ordinals"), "start").orElse(0);
    int replicas = number(spec(), "replicas").orElse(1);
    int port = port();
    return IntStream.range(first, first + replicas)
        .mapToObj(
            ordinal ->
                new Member(
                    "secondary-" + ordinal,
                    "%s://%s-%d.%s.%s.svc:%d"
                        .formatted(scheme, name(), ordinal, service, namespace, port)))
        .toList();
  }

  String name() {
    return object.getAsJsonObject("metadata").get("name").getAsString();
  }

  String uid() {
    return object.getAsJsonObject("metadata").get("uid").getAsString();
  }

  /** Its labels, empty without any. */
  JsonObject labels() {
    JsonObject labels = child(object.getAsJsonObject("metadata"), "labels");
    return labels == null ? new JsonObject() : labels.deepCopy();
  }

  /** Whether the pods' disks go when this object goes. */
  boolean takesDataWithIt() {
    JsonObject retention = child(spec(), "persistentVolumeClaimRetentionPolicy");
    boolean deletes =
        retention != null
            && retention.has("whenDeleted")
            && retention.get("whenDeleted").getAsString().equals("Delete");
    JsonElement claims = spec().get("volumeClaimTemplates");
    return deletes || claims == null || claims.getAsJsonArray().isEmpty();
  }

  /** The port of the pods that is called as in the Service; the program's own if none is. */
  private int port() {
    JsonObject template = child(spec(), "template");
    JsonObject pod = template == null ? null : child(template, "spec");
    JsonElement containers = pod == null ? null : pod.get("containers");
    if (containers == null) {
      return PORT;
    }
    for (JsonElement container : containers.getAsJsonArray()) {
      JsonElement ports = container.getAsJsonObject().get("ports");
      if (ports == null) {
        continue;
      }
      for (JsonElement port : ports.getAsJsonArray()) {
        JsonElement name = port.getAsJsonObject().get("name");
        if (name != null && name.getAsString().equals(PORT_NAME)) {
          return port.getAsJsonObject().get("containerPort").getAsInt();
        }
      }
    }
    return PORT;
  }

  private JsonObject spec() {
    return object.getAsJsonObject("spec");
  }

  private static @Nullable JsonObject child(JsonObject parent, String name) {
    return parent.has(name) && parent.get(name).isJsonObject()
        ? parent.getAsJsonObject(name)
        : null;
  }

  private static Optional<Integer> number(@Nullable JsonObject parent, String name) {
    return parent == null || !parent.has(name)
        ? Optional.empty()
        : Optional.of(parent.get(name).getAsInt());
  }
}
