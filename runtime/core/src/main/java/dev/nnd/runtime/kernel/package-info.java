/**
 * In: tensors of one program. Out: bound ops that run on their memory.
 * Must not know: parameters, data, training. Start here: {@link dev.nnd.runtime.kernel.Provider}.
 */
@NullMarked
package dev.nnd.runtime.kernel;

import org.jspecify.annotations.NullMarked;
