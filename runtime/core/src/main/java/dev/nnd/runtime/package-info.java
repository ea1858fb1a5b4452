/**
 * In: generated classes. Out: what they call at run time, and the one exception that a user of a model sees.
 * Must not know: the compiler. Start here: {@link dev.nnd.runtime.NndException}.
 */
@NullMarked
package dev.nnd.runtime;

import org.jspecify.annotations.NullMarked;
