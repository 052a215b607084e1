package io.replog.cli;

/** How a command prints its result; picocli prints and reads these names as they are. */
enum OutputFormat {
  text,
  json
}
