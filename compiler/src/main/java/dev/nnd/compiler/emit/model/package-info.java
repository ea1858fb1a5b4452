/**
 * In: checked models with their plans. Out: the public model class and the class of its parameters.
 * Must not know: training, data. Start here: {@link dev.nnd.compiler.emit.model.ModelEmitter}.
 */
@NullMarked
package dev.nnd.compiler.emit.model;

import org.jspecify.annotations.NullMarked;
