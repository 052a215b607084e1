package io.replog.cluster.kubernetes;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.Config;
import io.kubernetes.client.util.generic.KubernetesApiResponse;
import io.kubernetes.client.util.generic.dynamic.DynamicKubernetesApi;
import io.kubernetes.client.util.generic.dynamic.DynamicKubernetesObject;
import io.replog.config.NodeSettings;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Single calls to the API server, as raw JSON: the client's typed models refuse fields that are
 * younger than they are. Each call has a limit, so that a connection that is dead and does not say
 * so costs seconds; the next call opens another.
 *
 * <p>One thread at a time; every call blocks for at most about {@link #LIMIT}.
 */
final class KubernetesApi {
  static final Duration LIMIT = Duration.ofSeconds(2);

  /** What a call brought. */
  sealed interface Answer {
    record Found(JsonObject object) implements Answer {}

    record Missing() implements Answer {}

    /** The server refused; {@code status} is its HTTP status. */
    record Refused(int status, String why) implements Answer {}

    record Unreachable(String why) implements Answer {}
  }

  private final String namespace;
  private final @Nullable URI server;
  private @Nullable ApiClient client;

  KubernetesApi(NodeSettings.Kubernetes settings) {
    this.namespace = settings.namespace();
    this.server = settings.api();
  }

  Answer statefulSet(String name) {
    return call("apps", "v1", "statefulsets", api -> api.get(namespace, name));
  }

  Answer configMap(String name) {
    return call("", "v1", "configmaps", api -> api.get(namespace, name));
  }

  /** Creates it; refused with 409 if it is there already. */
  Answer createConfigMap(JsonObject object) {
    return call("", "v1", "configmaps", api -> api.create(new DynamicKubernetesObject(object)));
  }

  /** Replaces it; refused with 409 if its resource version is not the present one any more. */
  Answer replaceConfigMap(JsonObject object) {
    return call("", "v1", "configmaps", api -> api.update(new DynamicKubernetesObject(object)));
  }

  private Answer call(
      String group,
      String version,
      String plural,
      Function<DynamicKubernetesApi, KubernetesApiResponse<DynamicKubernetesObject>> call) {
    try {
      var answer = call.apply(new DynamicKubernetesApi(group, version, plural, client()));
      if (answer.isSuccess()) {
        return new Answer.Found(answer.getObject().getRaw());
      }
      int status = answer.getHttpStatusCode();
      var body = answer.getStatus();
      return status == HttpURLConnection.HTTP_NOT_FOUND
          ? new Answer.Missing()
          : new Answer.Refused(
              status, status + " " + (body == null ? "without a reason" : body.getMessage()));
    } catch (IOException e) {
      return new Answer.Unreachable(String.valueOf(e.getMessage()));
    } catch (IllegalStateException | IllegalArgumentException | JsonParseException e) {
      // the client's way to say that there was no connection, or no JSON
      return new Answer.Unreachable(rootMessage(e));
    }
  }

  private ApiClient client() throws IOException {
    ApiClient made = client;
    if (made == null) {
      made = server == null ? known() : new ApiClient().setBasePath(server.toString());
      made.setHttpClient(
          made.getHttpClient()
              .newBuilder()
              .connectTimeout(LIMIT)
              .readTimeout(LIMIT)
              .writeTimeout(LIMIT)
              .callTimeout(LIMIT.plusMillis(500))
              .build());
      client = made;
    }
    return made;
  }

  /** By kubeconfig or service account. */
  private static ApiClient known() throws IOException {
    ClientBuilder builder = ClientBuilder.standard();
    if (builder.getBasePath().equals(Config.DEFAULT_FALLBACK_HOST)) {
      throw new IOException("no service account is mounted, and there is no kubeconfig");
    }
    return builder.build();
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
