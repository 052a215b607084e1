package io.replog.client;

import org.jspecify.annotations.Nullable;

/** A secondary that the master knows. */
public record Secondary(
    String id, @Nullable String url, @Nullable Boolean voting, @Nullable String status) {
  static Secondary of(Json secondary) {
    String id = secondary.text("id");
    return new Secondary(
        id == null ? "?" : id,
        secondary.text("url"),
        secondary.truth("voting"),
        secondary.text("status"));
  }
}
