package io.replog.cli.scenario;

import org.jspecify.annotations.Nullable;

/**
 * What a step was seen to do.
 *
 * @param line of the script, 0 for what every play does first
 * @param checked whether it could have failed, rather than just having been done
 * @param expected null if nothing was
 * @param atMs when it was over, since the play began
 */
record Evidence(
    int line,
    String step,
    boolean checked,
    boolean held,
    @Nullable String expected,
    String seen,
    long atMs,
    long tookMs) {}
