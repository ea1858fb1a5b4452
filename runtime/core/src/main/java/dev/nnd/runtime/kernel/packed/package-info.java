/**
 * In: elements in row-major order. Out: the ops on packed panels of their operands, in Java only, on vectors where the JVM
 * has the Vector API. Must not know: native libraries. Start here: {@link dev.nnd.runtime.kernel.packed.JavaProvider}.
 */
@NullMarked
package dev.nnd.runtime.kernel.packed;

import org.jspecify.annotations.NullMarked;
