/**
 * In: elements in row-major order. Out: the ops as plain loops, which every other provider is held to.
 * Must not know: native libraries. Start here: {@link dev.nnd.runtime.kernel.reference.ReferenceProvider}.
 */
@NullMarked
package dev.nnd.runtime.kernel.reference;

import org.jspecify.annotations.NullMarked;
