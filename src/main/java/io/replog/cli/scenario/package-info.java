/**
 * Fault scripts: reads a story from YAML, plays it on a cluster through the public API, and says
 * with evidence whether each step held. {@link io.replog.cli.scenario.Stage} is the cluster it
 * plays on, its own or somebody's.
 */
@NullMarked
package io.replog.cli.scenario;

import org.jspecify.annotations.NullMarked;
