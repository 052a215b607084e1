/** The Helm chart and what is made of it, rendered by Helm itself; no cluster is needed. */
@NullMarked
package io.replog.chart;

import org.jspecify.annotations.NullMarked;
