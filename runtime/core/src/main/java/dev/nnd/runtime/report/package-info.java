/**
 * In: the numbers of a training run and what its model says of examples. Out: a page and a picture. Must not know: programs,
 * the training loop. Start here: {@link dev.nnd.runtime.report.Report}.
 */
@NullMarked
package dev.nnd.runtime.report;

import org.jspecify.annotations.NullMarked;
