/**
 * In: a graph. Out: a graph that computes the same with fewer or larger ops, and a trace of the rules that fired.
 * Must not know: targets, kernels, memory, the surface language. Start here: {@link dev.nnd.compiler.rewrite.Passes}.
 */
@NullMarked
package dev.nnd.compiler.rewrite;

import org.jspecify.annotations.NullMarked;
