/**
 * Measures nnd and other libraries at the same work. {@link dev.nnd.benchmarks.Bench} starts a process for each measurement, which runs {@link
 * dev.nnd.benchmarks.Measure} on the class path of one contender; results are lines of JSON, of which {@link dev.nnd.benchmarks.Report} makes tables.
 * Knows no library: those are found by {@link java.util.ServiceLoader}. Start at {@link dev.nnd.benchmarks.Workload}.
 */
@NullMarked
package dev.nnd.benchmarks;

import org.jspecify.annotations.NullMarked;
