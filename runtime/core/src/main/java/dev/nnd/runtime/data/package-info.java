/**
 * In: files that a data section names. Out: rows, splits, learned statistics and filled batches.
 * Must not know: models, training, the compiler. Start here: {@link dev.nnd.runtime.data.DataSession}.
 */
@NullMarked
package dev.nnd.runtime.data;

import org.jspecify.annotations.NullMarked;
