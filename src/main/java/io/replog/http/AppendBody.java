package io.replog.http;

import io.replog.core.AppendRequest;
import io.replog.core.WriteConcern;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of an append as it was sent.
 *
 * @param payloads UTF-8 bytes of the messages
 * @param concern null if it was not said
 * @param journal null if it was not said
 * @param timeout null if it was not said
 * @param expectedSequence null if it was not said
 */
record AppendBody(
    List<byte[]> payloads,
    @Nullable WriteConcern concern,
    @Nullable Boolean journal,
    @Nullable Duration timeout,
    @Nullable Long expectedSequence) {

  AppendRequest request(AppendDefaults defaults, @Nullable String key) {
    return new AppendRequest(
        payloads,
        concern == null ? defaults.concern() : concern,
        journal == null ? defaults.journal() : journal,
        timeout,
        expectedSequence,
        key);
  }
}
