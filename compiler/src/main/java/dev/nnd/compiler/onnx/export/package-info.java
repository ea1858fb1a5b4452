/**
 * In: the graph of a model for inference and the bytes of its weights. Out: the bytes of an ONNX model.
 * Must not know: files, plans, generated Java. Start here: {@link dev.nnd.compiler.onnx.export.OnnxExport}.
 */
@NullMarked
package dev.nnd.compiler.onnx.export;

import org.jspecify.annotations.NullMarked;
