/** Deeplearning4j: its layers, its updaters, its workspaces. */
@NullMarked
package dev.nnd.benchmarks.dl4j;

import org.jspecify.annotations.NullMarked;
