package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.Dim;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why a model cannot be imported: one sentence that names the node or the tensor. */
public final class OnnxProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String help;
    private final String input;
    private final transient @Nullable Equation equation;

    /** A free size that can only be another one. */
    record Equation(String variable, Dim size) {}

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
        this(message, help, input, null);
    }

    private OnnxProblem(String message, String help, String input, @Nullable Equation equation) {
        super(message);
        this.help = help;
        this.input = input;
        this.equation = equation;
    }

    /** Two sizes have to be equal, and one of them is free. */
    static OnnxProblem unequal(String message, Equation equation) {
        return new OnnxProblem(message, "", "", equation);
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
        var placed = new OnnxProblem(node + ": " + message(), help, input, equation);
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

    /** What would have to hold, if that is all that is missing. */
    Optional<Equation> equation() {
        return Optional.ofNullable(equation);
    }

    /** The input of the graph whose value would have to be known, if that is the reason. */
    public Optional<String> input() {
        return input.isEmpty() ? Optional.empty() : Optional.of(input);
    }
}
