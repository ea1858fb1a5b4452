/**
 * In: gradients, states and weights, parameter by parameter. Out: what the weights change by, for optimizers that look at a
 * whole weight at once; others are generated as loops over elements. Must not know: programs, the training loop. Start here:
 * {@link dev.nnd.runtime.optimizer.Lamb}.
 */
@NullMarked
package dev.nnd.runtime.optimizer;

import org.jspecify.annotations.NullMarked;
