/**
 * In: the bytes of an ONNX model. Out: a readable .nnd text and its tensors under the names of the text's weights.
 * The road: {@link dev.nnd.compiler.onnx.OnnxReader} checks the file; {@link dev.nnd.compiler.onnx.GraphWalk} goes through the nodes and keeps
 * for each tensor a {@link dev.nnd.compiler.onnx.Value}: known numbers, known sizes, or an expression of the language. One rule per operator
 * (the {@code *Ops} tables) writes expressions; their types come from the ordinary checker ({@link dev.nnd.compiler.onnx.TypeInference}), so
 * shapes have one definition. What is known is folded. Must not know: files (external data comes through a function), lowering.
 * Start here: {@link dev.nnd.compiler.onnx.OnnxImport}.
 */
@NullMarked
package dev.nnd.compiler.onnx;

import org.jspecify.annotations.NullMarked;
