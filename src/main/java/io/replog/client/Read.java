package io.replog.client;

import org.jspecify.annotations.Nullable;

/**
 * What to read.
 *
 * @param from the first sequence, from 1
 * @param limit how many at most, null for all
 * @param concern {@code local}, {@code majority} or {@code linearizable}; null leaves it to the
 *     node
 */
public record Read(long from, @Nullable Long limit, @Nullable String concern) {
  public Read {
    if (from < 1 || (limit != null && limit < 1)) {
      throw new IllegalArgumentException("sequences and limits start at 1");
    }
  }

  String query() {
    StringBuilder query = new StringBuilder("/messages?from=").append(from);
    if (limit != null) {
      query.append("&limit=").append(limit.longValue());
    }
    if (concern != null) {
      query.append("&concern=").append(concern);
    }
    return query.toString();
  }

  /** What is left when everything below {@code next} has been read. */
  Read after(long next) {
    return new Read(next, limit == null ? null : limit - (next - from), concern);
  }

  boolean isDoneAt(long next) {
    return limit != null && next - from >= limit;
  }
}
