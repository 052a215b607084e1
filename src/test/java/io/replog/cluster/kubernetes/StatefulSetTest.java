package io.replog.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.replog.cluster.Member;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatefulSetTest {
  private static List<Member> members(String spec) {
    String object = "{\"metadata\": {\"name\": \"sec\", \"uid\": \"1\"}, \"spec\": " + spec + "}";
    return new StatefulSet(JsonParser.parseString(object).getAsJsonObject())
        .members("http", "ns", "svc");
  }

  @Test
  void thereIsAMemberForEachReplica() {
    assertThat(members("{\"replicas\": 2}"))
        .containsExactly(
            new Member("secondary-0", "http://sec-0.svc.ns.svc:8081"),
            new Member("secondary-1", "http://sec-1.svc.ns.svc:8081"));
    assertThat(members("{\"replicas\": 0}")).isEmpty();
  }

  @Test
  void oneReplicaIsWhatKubernetesTakesWhenNobodySays() {
    assertThat(members("{}")).extracting(Member::id).containsExactly("secondary-0");
  }

  @Test
  void ordinalsMayBeginElsewhere() {
    assertThat(members("{\"replicas\": 2, \"ordinals\": {\"start\": 5}}"))
        .extracting(Member::id)
        .containsExactly("secondary-5", "secondary-6");
  }

  @Test
  void thePortIsTheOneThatIsCalledHttp() {
    String spec =
        """
        {"replicas": 1, "template": {"spec": {"containers": [{}, {"ports": [
          {"containerPort": 1}, {"name": "http", "containerPort": 9000}]}]}}}
        """;
    assertThat(members(spec))
        .extracting(Member::url)
        .containsExactly("http://sec-0.svc.ns.svc:9000");
  }
}
