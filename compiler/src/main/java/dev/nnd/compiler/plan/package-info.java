/**
 * In: a rewritten graph. Out: what one generated program executes: steps, fused kernels, buffers, lifetimes.
 * Must not know: Java source, the surface language. Start here: {@link dev.nnd.compiler.plan.ExecutionPlan}.
 */
@NullMarked
package dev.nnd.compiler.plan;

import org.jspecify.annotations.NullMarked;
