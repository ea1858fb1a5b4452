/**
 * In: a checked train section, its update kernel. Out: the Java classes that train and predict.
 * Must not know: files, how graphs are made. Start here: {@link dev.nnd.compiler.emit.training.TrainingEmitter}.
 */
@NullMarked
package dev.nnd.compiler.emit.training;

import org.jspecify.annotations.NullMarked;
