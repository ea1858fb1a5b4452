/** ONNX Runtime on the ONNX files that nnd exports. */
@NullMarked
package dev.nnd.benchmarks.onnxruntime;

import org.jspecify.annotations.NullMarked;
