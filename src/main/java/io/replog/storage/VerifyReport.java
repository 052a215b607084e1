package io.replog.storage;

import io.replog.core.Hash;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link LogVerifier} found in a data directory.
 *
 * @param lastSequence the last entry up to which the log is whole, 0 without any
 * @param lastHash its hash, null in a log without a cluster
 * @param durableSequence what the mark says was synced, 0 without a mark
 * @param segments how many segment files there are
 * @param frames how many sound frames
 * @param entries how many entries in them
 * @param bytes length of all segment files in bytes
 * @param damages empty if all is well
 * @param notes what is no damage and yet worth knowing, such as a torn tail that the next start
 *     cuts
 */
public record VerifyReport(
    long lastSequence,
    @Nullable Hash lastHash,
    long durableSequence,
    long segments,
    long frames,
    long entries,
    long bytes,
    List<Damage> damages,
    List<String> notes) {

  /**
   * Something that is not as it was written.
   *
   * @param file the damaged file
   * @param offset where in it, in bytes
   * @param what what is wrong there
   */
  public record Damage(String file, long offset, String what) {
    @Override
    public String toString() {
      return "%s: byte %d: %s".formatted(file, offset, what);
    }
  }
}
