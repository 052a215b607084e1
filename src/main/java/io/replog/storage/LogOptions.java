package io.replog.storage;

/**
 * Sizes of the log's files, all in bytes but the last.
 *
 * @param segmentBytes a segment file that would grow beyond this is sealed and the next begun; a
 *     frame longer than this has a segment of its own
 * @param firstChunkBytes by how much a new segment is filled with zeros in advance
 * @param chunkBytes by how much it is filled from then on
 * @param openSegments how many sealed segments readers keep open at most, as a count
 */
public record LogOptions(int segmentBytes, int firstChunkBytes, int chunkBytes, int openSegments) {
  public static final LogOptions DEFAULT = new LogOptions(64 << 20, 256 << 10, 1 << 20, 16);

  private static final int LARGEST_SEGMENT = 1 << 30;
  private static final int SMALLEST_SEGMENT = 256;

  public LogOptions {
    if (segmentBytes < SMALLEST_SEGMENT || segmentBytes > LARGEST_SEGMENT) {
      throw new IllegalArgumentException(
          "a segment has %d to %d bytes, not %d"
              .formatted(SMALLEST_SEGMENT, LARGEST_SEGMENT, segmentBytes));
    }
    if (firstChunkBytes < 0 || chunkBytes < 0 || openSegments < 1) {
      throw new IllegalArgumentException("chunks below 0 bytes, or no open segment");
    }
  }

  /** The defaults with another size of segments. */
  public LogOptions withSegmentBytes(int bytes) {
    return new LogOptions(bytes, firstChunkBytes, chunkBytes, openSegments);
  }
}
