/**
 * In: safetensors files. Out: checked headers and memory-mapped tensors, and files written in one atomic step.
 * Must not know: models, parameters. Start here: {@link dev.nnd.runtime.weights.Safetensors}.
 */
@NullMarked
package dev.nnd.runtime.weights;

import org.jspecify.annotations.NullMarked;
