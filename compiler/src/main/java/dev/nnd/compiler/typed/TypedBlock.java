package dev.nnd.compiler.typed;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Initializer;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A block or model with its arguments applied and its input types known. Two uses with equal arguments and input types
 * share one object.
 *
 * @param declaration where it was declared
 * @param library true if it comes from the standard library
 * @param arguments every parameter's value
 * @param inputs in the order of declaration
 * @param params the parameters (weights) that the block itself declares
 * @param layers the instances in it, in the order of first use
 * @param body bindings in execution order
 * @param outputs in the order of declaration
 * @param requirements conditions on the free dims of the root, of this block and of all that it calls
 */
public record TypedBlock(
        Decl.Block declaration,
        boolean library,
        Map<String, Constant> arguments,
        List<Input> inputs,
        List<Param> params,
        List<Layer> layers,
        List<Binding> body,
        List<Output> outputs,
        List<Requirement> requirements) {

    /** An input. */
    public record Input(String name, String doc, TensorType type, Span span) {}

    /**
     * A parameter with its shape; its weight name is the instance path, a dot and {@code name}. One that is not
     * {@code trained} is a buffer: saved with the weights, changed by no optimizer and not counted among the parameters.
     */
    public record Param(
            String name, String doc, TensorType type, Initializer initializer, boolean trained, Span span) {}

    /** An instance: {@code name} is its part of the weight path, such as {@code conv2d_2} or {@code layer.3}. */
    public record Layer(String name, TypedBlock block, Span span) {}

    /** An output; {@code name} is {@code output} if none was written. */
    public record Output(String name, String doc, TensorType type, TypedExpr value, Span span) {}

    /** A step of the body. */
    public sealed interface Binding {

        /** Referred to by {@link TypedExpr.Local} or {@link TypedExpr.CallOutput}; unique in its body. */
        int id();

        /** A named or shared value; {@code name} is the let's, if there is one. */
        record Value(int id, Optional<String> name, TypedExpr value) implements Binding {}

        /**
         * A call of a layer of this body; {@code span} covers the stage as written. {@code block} is the layer's block
         * for these operand types: a layer that is called with other types has another one, with the same weights.
         */
        record Call(int id, String layer, TypedBlock block, List<TypedExpr> operands, Span span) implements Binding {}
    }

    /** The same under other requirements; the same object if they are no others. */
    public TypedBlock withRequirements(List<Requirement> others) {
        return others.equals(requirements)
                ? this
                : new TypedBlock(declaration, library, arguments, inputs, params, layers, body, outputs, others);
    }

    /** The layer of that name. */
    public Layer layer(String name) {
        return layers.stream().filter(l -> l.name().equals(name)).findFirst().orElseThrow();
    }
}
