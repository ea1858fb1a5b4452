/**
 * In: a forward graph with a loss. Out: the same nodes, then those that compute the parameters' gradients.
 * Must not know: fusion, layouts, optimizers. Start here: {@link dev.nnd.compiler.autodiff.Differentiation}.
 */
@NullMarked
package dev.nnd.compiler.autodiff;

import org.jspecify.annotations.NullMarked;
