package io.replog.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.replog.cluster.ClusterRecord;
import io.replog.cluster.ClusterRecords;
import io.replog.cluster.ClusterRecords.Answer;
import io.replog.cluster.ClusterRecordsContract;
import io.replog.config.NodeSettings;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KubernetesRecordsTest extends ClusterRecordsContract {
  private final ApiServerStub stub = new ApiServerStub();
  private final ExecutorService calls = Executors.newSingleThreadExecutor();
  private final NodeSettings.Kubernetes settings =
      new NodeSettings.Kubernetes(
          stub.url(), "test", "sec", "sec", "record", "http", Duration.ofSeconds(20));
  private final KubernetesRecords records =
      new KubernetesRecords(new KubernetesApi(settings), settings, calls);

  @AfterEach
  void end() {
    calls.shutdownNow();
    stub.close();
  }

  @Override
  protected ClusterRecords records() {
    return records;
  }

  @Override
  protected void up(boolean now) {
    stub.up(now);
  }

  private Answer read() {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    records.read(answer::complete);
    return answer.orTimeout(10, TimeUnit.SECONDS).join();
  }

  private Answer create() {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    records.write(
        new ClusterRecord(new UUID(1, 2), new UUID(3, 4), "master-0", 1, false, null),
        answer::complete);
    return answer.orTimeout(10, TimeUnit.SECONDS).join();
  }

  @Test
  void itHasTheLabelsOfTheSecondariesAndStaysWhenTheirDisksStay() {
    create();
    JsonObject metadata = stub.configMap("record").getAsJsonObject("metadata");
    assertThat(metadata.getAsJsonObject("labels").get("app").getAsString()).isEqualTo("replog");
    assertThat(metadata.has("ownerReferences")).isFalse();
  }

  @Test
  void itGoesWithTheSecondariesWhereTheirDisksDo() {
    JsonObject retention = new JsonObject();
    retention.addProperty("whenDeleted", "Delete");
    stub.statefulSet()
        .getAsJsonObject("spec")
        .add("persistentVolumeClaimRetentionPolicy", retention);
    create();
    assertThat(owner()).isEqualTo("uid-1");
  }

  @Test
  void itGoesWithSecondariesThatHaveNoDisks() {
    stub.statefulSet().getAsJsonObject("spec").add("volumeClaimTemplates", new JsonArray());
    create();
    assertThat(owner()).isEqualTo("uid-1");
  }

  private String owner() {
    return stub.configMap("record")
        .getAsJsonObject("metadata")
        .getAsJsonArray("ownerReferences")
        .get(0)
        .getAsJsonObject()
        .get("uid")
        .getAsString();
  }

  @Test
  void itIsLeftOverWhereAnotherStatefulSetHasTheName() {
    create();
    assertThat(leftOver()).isFalse();
    stub.statefulSet().getAsJsonObject("metadata").addProperty("uid", "uid-2");
    assertThat(leftOver()).isTrue();
  }

  private boolean leftOver() {
    return ((Answer.Is) read()).record().leftOver();
  }

  @Test
  void anEmptyOneThatWasMadeInAdvanceIsNoneAndIsFilled() {
    stub.put("record", new JsonObject());
    assertThat(read()).isEqualTo(new Answer.None());
    assertThat(create()).isInstanceOf(Answer.Is.class);
    assertThat(read()).isInstanceOf(Answer.Is.class);
  }

  @Test
  void whatIsNoRecordIsNeverTakenForNone() {
    JsonObject data = new JsonObject();
    data.addProperty("clusterId", "mine");
    stub.put("record", data);
    assertThat(read())
        .isInstanceOfSatisfying(
            Answer.Unavailable.class,
            answer -> assertThat(answer.why()).contains("ConfigMap test/record", "mine"));
    assertThat(create()).isEqualTo(new Answer.Changed());
  }

  @Test
  void aRefusalSaysWhatIsForbidden() {
    stub.mood(ApiServerStub.Mood.FORBIDDING);
    assertThat(read())
        .isInstanceOfSatisfying(
            Answer.Unavailable.class,
            answer -> assertThat(answer.why()).contains("403", "configmaps/record is forbidden"));
  }

  @Test
  void aServerThatDoesNotAnswerCostsSeconds() {
    stub.mood(ApiServerStub.Mood.HANGING);
    long began = System.nanoTime();
    assertThat(read()).isInstanceOf(Answer.Unavailable.class);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(6));
  }
}
