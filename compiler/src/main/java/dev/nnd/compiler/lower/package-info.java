/**
 * In: the checked program. Out: graphs of primitive ops, with all blocks inlined, and the parameters that they need.
 * Must not know: gradients, fusion, targets. Start here: {@link dev.nnd.compiler.lower.ModelLowering}.
 */
@NullMarked
package dev.nnd.compiler.lower;

import org.jspecify.annotations.NullMarked;
