package dev.nnd.compiler.typed;

import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.Span;
import java.util.List;

/** What a field is made of, for one example. */
public sealed interface DataExpr {

    TensorType type();

    Span span();

    /** The pixels of an image source, u8 dims of the file's record. */
    record Images(TensorType type, Span span) implements DataExpr {}

    /** The label of an image source. */
    record Labels(TensorType type, Span span) implements DataExpr {}

    /** A column of a table by its header. For a number the type is f32; for a label field it is looked up among the names. */
    record Column(String name, TensorType type, Span span) implements DataExpr {}

    /** A number. */
    record Number(double value, TensorType type, Span span) implements DataExpr {}

    /** Elementwise with broadcasting: ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, MINIMUM, MAXIMUM. */
    record Binary(Primitive function, DataExpr left, DataExpr right, TensorType type, Span span) implements DataExpr {}

    /** Elementwise: the one-operand primitives. */
    record Unary(Primitive function, DataExpr operand, TensorType type, Span span) implements DataExpr {}

    /** (x - mean[channel]) / std[channel], channel being the first axis; one value serves all channels. */
    record Normalize(DataExpr operand, List<Double> mean, List<Double> std, TensorType type, Span span)
            implements DataExpr {}

    /** (x - mean) / std with both learned per element from the training split; {@code id} is unique in the data section. */
    record Standardize(int id, DataExpr operand, TensorType type, Span span) implements DataExpr {}
}
