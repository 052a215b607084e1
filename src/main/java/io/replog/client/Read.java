package io.replog.client;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to read.
 *
 * @param from the first sequence, from 1; 0 for the first that the log has
 * @param limit how many at most, null for all
 * @param concern {@code local}, {@code majority} or {@code linearizable}; null leaves it to the
 *     node
 */
public record Read(long from, @Nullable Long limit, @Nullable String concern) {
  public Read {
    if (from < 0 || (limit != null && limit < 1)) {
      throw new IllegalArgumentException("sequences and limits start at 1");
    }
  }

  String query() {
    List<String> query = new ArrayList<>();
    if (from > 0) {
      query.add("from=" + from);
    }
    if (limit != null) {
      query.add("limit=" + limit);
    }
    if (concern != null) {
      query.add("concern=" + concern);
    }
    return query.isEmpty() ? "/messages" : "/messages?" + String.join("&", query);
  }

  /** The same from the first entry that was found on. */
  Read beginningWith(long first) {
    return from == 0 ? new Read(first, limit, concern) : this;
  }

  /** What is left when everything below {@code next} has been read. */
  Read after(long next) {
    return new Read(next, limit == null ? null : limit - (next - from), concern);
  }

  boolean isDoneAt(long next) {
    return limit != null && next - from >= limit;
  }
}
