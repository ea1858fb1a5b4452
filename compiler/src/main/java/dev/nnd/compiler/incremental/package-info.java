/**
 * In: the inference graph of a model over a sequence. Out: the graph of a step over a few more entries of it, with caches
 * of what the step needs of the earlier ones. Must not know: plans, Java.
 * Start here: {@link dev.nnd.compiler.incremental.StepDerivation}.
 */
@NullMarked
package dev.nnd.compiler.incremental;

import org.jspecify.annotations.NullMarked;
