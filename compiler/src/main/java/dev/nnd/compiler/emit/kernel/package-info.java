/**
 * In: the kernels of execution plans. Out: one class of plain loops and one of Vector API loops per .nnd file.
 * Must not know: buffers, programs, where kernels are called. Start here: {@link dev.nnd.compiler.emit.kernel.KernelFile}.
 */
@NullMarked
package dev.nnd.compiler.emit.kernel;

import org.jspecify.annotations.NullMarked;
