package dev.nnd.compiler.onnx;

import java.util.Optional;

/** Why a model cannot be imported: one sentence that names the node or the tensor. */
public final class OnnxProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String help;
    private final String input;

    OnnxProblem(String message) {
        this(message, "", "");
    }

    OnnxProblem(String message, Throwable cause) {
        this(message, "", "");
        initCause(cause);
    }

    OnnxProblem(String message, String help) {
        this(message, help, "");
    }

    private OnnxProblem(String message, String help, String input) {
        super(message);
        this.help = help;
        this.input = input;
    }

    /** The value of an input of the graph decides a shape or an attribute, and so has to be known. */
    static OnnxProblem needsValue(String message, String input) {
        return new OnnxProblem(
                message,
                "give its value: `--value " + input + "=...`, numbers with commas or a file with a TensorProto",
                input);
    }

    /** The same problem, said of a node. */
    OnnxProblem at(String node) {
        var placed = new OnnxProblem(node + ": " + message(), help, input);
        placed.initCause(this);
        return placed;
    }

    /** The sentence. */
    public String message() {
        return String.valueOf(getMessage());
    }

    /** What can be done; empty if nothing is known. */
    public String help() {
        return help;
    }

    /** The input of the graph whose value would have to be known, if that is the reason. */
    public Optional<String> input() {
        return input.isEmpty() ? Optional.empty() : Optional.of(input);
    }
}
