/** Tests of what a run is told, keeps and reports; no library is needed. */
@NullMarked
package dev.nnd.benchmarks;

import org.jspecify.annotations.NullMarked;
