package dev.nnd.compiler.onnx;

import java.util.List;
import java.util.Map;

/**
 * A model of another format in the language.
 *
 * @param text the .nnd file
 * @param weights tensors by the names that the text gives them
 * @param inputs the model's inputs, in the order of the file
 * @param outputs the model's outputs, in the order of the file
 * @param notes what a user should know, one sentence each
 */
public record Imported(
        String text, Map<String, TensorData> weights, List<Port> inputs, List<Port> outputs, List<String> notes) {

    /** An input or output: its name in the file, and in the language. */
    public record Port(String name, String nnd) {}
}
