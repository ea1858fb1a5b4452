/**
 * In: nothing. Out: the graph of primitive ops, its verifier and its reference evaluator.
 * Must not know: the surface language. Start here: {@link dev.nnd.compiler.ir.Graph}.
 */
@NullMarked
package dev.nnd.compiler.ir;

import org.jspecify.annotations.NullMarked;
