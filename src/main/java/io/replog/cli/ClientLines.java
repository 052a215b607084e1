package io.replog.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where the lines of the interactive client come from. */
interface ClientLines {
  /** The next line, null at the end of the input. */
  @Nullable String next() throws IOException;

  /** Whether somebody types them. */
  boolean typed();
}
