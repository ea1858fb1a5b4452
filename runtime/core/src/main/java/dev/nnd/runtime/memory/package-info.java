/**
 * In: sizes and lifetimes. Out: placed off-heap memory and typed views of it.
 * Must not know: kernels, parameters, files. Start here: {@link dev.nnd.runtime.memory.Memory}.
 */
@NullMarked
package dev.nnd.runtime.memory;

import org.jspecify.annotations.NullMarked;
