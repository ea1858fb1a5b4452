/**
 * In: a generated training program and options. Out: a trained run directory, metrics and progress.
 * Must not know: the compiler, kernels' insides. Start here: {@link dev.nnd.runtime.train.Trainer}.
 */
@NullMarked
package dev.nnd.runtime.train;

import org.jspecify.annotations.NullMarked;
