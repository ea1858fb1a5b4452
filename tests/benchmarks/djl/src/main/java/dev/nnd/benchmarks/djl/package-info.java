/** DJL on PyTorch: the networks written with its arrays, its optimizers, a manager of arrays for each batch. */
@NullMarked
package dev.nnd.benchmarks.djl;

import org.jspecify.annotations.NullMarked;
