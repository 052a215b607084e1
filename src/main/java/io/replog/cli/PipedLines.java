package io.replog.cli;

import io.replog.client.LineReader;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Lines from a file or another program. */
final class PipedLines implements ClientLines {
  /** The longest message, and what may stand before it. */
  private static final int MAX_LINE = (1 << 20) + 32;

  private final LineReader lines;

  PipedLines(InputStream in) {
    this.lines = new LineReader(in, MAX_LINE);
  }

  @Override
  public @Nullable String next() throws IOException {
    return lines.next();
  }

  @Override
  public boolean typed() {
    return false;
  }
}
