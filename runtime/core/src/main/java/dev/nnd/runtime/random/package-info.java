/**
 * In: a seed and a name. Out: numbers that depend on nothing else.
 * Must not know: what they are used for. Start here: {@link dev.nnd.runtime.random.Philox}.
 */
@NullMarked
package dev.nnd.runtime.random;

import org.jspecify.annotations.NullMarked;
