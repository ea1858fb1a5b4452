/**
 * In: a checked data section. Out: the Java class that describes and encodes it.
 * Must not know: models, training, files. Start here: {@link dev.nnd.compiler.emit.data.DataEmitter}.
 */
@NullMarked
package dev.nnd.compiler.emit.data;

import org.jspecify.annotations.NullMarked;
