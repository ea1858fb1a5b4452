/** libtorch, called through JavaCPP: the networks written with its functions, its own optimizers. */
@NullMarked
package dev.nnd.benchmarks.libtorch;

import org.jspecify.annotations.NullMarked;
