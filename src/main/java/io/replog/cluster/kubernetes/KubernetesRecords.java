package io.replog.cluster.kubernetes;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.replog.cluster.ClusterRecord;
import io.replog.cluster.ClusterRecords;
import io.replog.config.NodeSettings;
import java.net.HttpURLConnection;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The cluster record as a ConfigMap. Creating it is atomic, and so is changing it from a resource
 * version. It lives as long as the data: it is owned by the StatefulSet only where the disks go
 * with that, and else stays when the release is uninstalled, as the disks do.
 */
final class KubernetesRecords implements ClusterRecords {
  private final KubernetesApi api;
  private final NodeSettings.Kubernetes settings;
  private final Executor calls;

  /**
   * @param calls the one thread on which the API server is called
   */
  KubernetesRecords(KubernetesApi api, NodeSettings.Kubernetes settings, Executor calls) {
    this.api = api;
    this.settings = settings;
    this.calls = calls;
  }

  @Override
  public String name() {
    return "ConfigMap " + settings.namespace() + "/" + settings.record();
  }

  @Override
  public boolean contested() {
    return true;
  }

  @Override
  public void read(Consumer<Answer> answer) {
    run(answer, this::read);
  }

  @Override
  public void write(ClusterRecord next, Consumer<Answer> answer) {
    run(answer, () -> next.version() == null ? create(next) : replace(next, next.version()));
  }

  private void run(Consumer<Answer> answer, Supplier<Answer> call) {
    try {
      calls.execute(
          () -> {
            Answer found;
            try {
              found = call.get();
            } catch (RuntimeException e) {
              found = new Answer.Unavailable("the answer is of a form that is not known: " + e);
            }
            answer.accept(found);
          });
    } catch (RejectedExecutionException stopping) {
      answer.accept(new Answer.Unavailable("this node is stopping"));
    }
  }

  private Answer read() {
    return answer(api.configMap(settings.record()));
  }

  private Answer answer(KubernetesApi.Answer got) {
    return switch (got) {
      case KubernetesApi.Answer.Found(JsonObject object) -> parsed(object);
      case KubernetesApi.Answer.Missing() -> new Answer.None();
      case KubernetesApi.Answer.Refused(int status, String why) ->
          status == HttpURLConnection.HTTP_CONFLICT
              ? new Answer.Changed()
              : new Answer.Unavailable(why);
      case KubernetesApi.Answer.Unreachable(String why) ->
          new Answer.Unavailable("the Kubernetes API does not answer: " + why);
    };
  }

  private Answer create(ClusterRecord next) {
    JsonObject metadata = new JsonObject();
    metadata.addProperty("name", settings.record());
    metadata.addProperty("namespace", settings.namespace());
    StatefulSet secondaries = secondaries();
    if (secondaries != null) {
      metadata.add("labels", secondaries.labels());
      if (secondaries.takesDataWithIt()) {
        metadata.add("ownerReferences", owner(secondaries));
      }
    }
    JsonObject made = new JsonObject();
    made.addProperty("apiVersion", "v1");
    made.addProperty("kind", "ConfigMap");
    made.add("metadata", metadata);
    made.add("data", data(next, secondaries));
    Answer answer = answer(api.createConfigMap(made));
    return answer instanceof Answer.Changed ? fill(next) : answer;
  }

  /** There is one already: an empty one, that was made in advance, is filled. */
  private Answer fill(ClusterRecord next) {
    if (api.configMap(settings.record()) instanceof KubernetesApi.Answer.Found(JsonObject object)
        && parsed(object) instanceof Answer.None) {
      return put(object, next);
    }
    return new Answer.Changed();
  }

  private Answer replace(ClusterRecord next, String version) {
    KubernetesApi.Answer got = api.configMap(settings.record());
    if (got instanceof KubernetesApi.Answer.Found(JsonObject object)) {
      return version(object).equals(version) ? put(object, next) : new Answer.Changed();
    }
    Answer answer = answer(got);
    return answer instanceof Answer.None ? new Answer.Changed() : answer;
  }

  private Answer put(JsonObject object, ClusterRecord next) {
    JsonObject changed = object.deepCopy();
    changed.add("data", data(next, secondaries()));
    return answer(api.replaceConfigMap(changed));
  }

  private static JsonArray owner(StatefulSet secondaries) {
    JsonObject reference = new JsonObject();
    reference.addProperty("apiVersion", "apps/v1");
    reference.addProperty("kind", "StatefulSet");
    reference.addProperty("name", secondaries.name());
    reference.addProperty("uid", secondaries.uid());
    JsonArray references = new JsonArray();
    references.add(reference);
    return references;
  }

  /** Null where it cannot be read. */
  private @Nullable StatefulSet secondaries() {
    return api.statefulSet(settings.statefulSet())
            instanceof KubernetesApi.Answer.Found(JsonObject object)
        ? new StatefulSet(object)
        : null;
  }

  private static JsonObject data(ClusterRecord record, @Nullable StatefulSet secondaries) {
    JsonObject data = new JsonObject();
    data.addProperty("clusterId", record.clusterId().toString());
    data.addProperty("founder", record.founder().toString());
    data.addProperty("node", record.node());
    data.addProperty("epoch", Long.toString(record.epoch()));
    data.addProperty("state", record.formed() ? "formed" : "forming");
    if (secondaries != null) {
      data.addProperty("installation", secondaries.uid());
    }
    return data;
  }

  private static String version(JsonObject object) {
    return object.getAsJsonObject("metadata").get("resourceVersion").getAsString();
  }

  private Answer parsed(JsonObject object) {
    JsonObject data = object.getAsJsonObject("data");
    if (data == null || data.isEmpty()) {
      return new Answer.None();
    }
    try {
      return new Answer.Is(
          new ClusterRecord(
              UUID.fromString(text(data, "clusterId")),
              UUID.fromString(text(data, "founder")),
              text(data, "node"),
              Long.parseLong(text(data, "epoch")),
              switch (text(data, "state")) {
                case "formed" -> true;
                case "forming" -> false;
                default -> throw new IllegalArgumentException("state is " + text(data, "state"));
              },
              version(object),
              leftOver(data)));
    } catch (IllegalArgumentException e) {
      return new Answer.Unavailable(name() + " is not a cluster record: " + e.getMessage());
    }
  }

  /** Whether it speaks of a StatefulSet that is not there any more, and another one is. */
  private boolean leftOver(JsonObject data) {
    StatefulSet secondaries = secondaries();
    return secondaries != null
        && data.has("installation")
        && !data.get("installation").getAsString().equals(secondaries.uid());
  }

  private static String text(JsonObject data, String name) {
    if (!data.has(name)) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return data.get(name).getAsString();
  }
}
