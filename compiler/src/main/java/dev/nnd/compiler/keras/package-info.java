/**
 * In: what a Keras file holds, its config as JSON and its arrays as HDF5. Out: the weights in the language's layouts, and the network as a
 * graph of ONNX operators, from which {@link dev.nnd.compiler.onnx.OnnxImport} writes the text; so both formats have one writer. Must not know:
 * files. Start here: {@link dev.nnd.compiler.keras.KerasImport}.
 */
@NullMarked
package dev.nnd.compiler.keras;

import org.jspecify.annotations.NullMarked;
