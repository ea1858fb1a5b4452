/**
 * In: tensors of one program. Out: ops that run in oneDNN, called through its C API without any Java class of its jar.
 * Must not know: parameters, data, training. Start here: {@link dev.nnd.runtime.kernel.onednn.OneDnnProvider}.
 */
@NullMarked
package dev.nnd.runtime.kernel.onednn;

import org.jspecify.annotations.NullMarked;
