package io.replog.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.serde.annotation.Serdeable;
import io.replog.node.Node.VerifyReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All nodes' logs against the master's, as JSON. */
@Serdeable.Serializable
@JsonInclude(JsonInclude.Include.ALWAYS)
record VerifyDocument(long sequence, boolean equal, List<NodeDocument> nodes) {

  /**
   * @param equal null where the node did not answer
   */
  @Serdeable.Serializable
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record NodeDocument(
      String node,
      @Nullable Boolean equal,
      @Nullable String hash,
      @Nullable Long firstDifference) {}

  static VerifyDocument of(VerifyReport report) {
    return new VerifyDocument(
        report.sequence(),
        report.equal(),
        report.nodes().stream()
            .map(n -> new NodeDocument(n.node(), n.equal(), n.hash(), n.firstDifference()))
            .toList());
  }
}
