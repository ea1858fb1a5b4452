/** TensorFlow Java: a graph with its gradients and updates, run by a session. */
@NullMarked
package dev.nnd.benchmarks.tensorflow;

import org.jspecify.annotations.NullMarked;
