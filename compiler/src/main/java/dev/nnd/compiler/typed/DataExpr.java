package dev.nnd.compiler.typed;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

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

    /** Elementwise with broadcasting: the two-operand primitives; a comparison gives bool. */
    record Binary(Primitive function, DataExpr left, DataExpr right, TensorType type, Span span) implements DataExpr {}

    /** Elementwise: the one-operand primitives. */
    record Unary(Primitive function, DataExpr operand, TensorType type, Span span) implements DataExpr {}

    /** (x - mean[channel]) / std[channel], channel being the first axis; one value serves all channels. */
    record Normalize(DataExpr operand, List<Double> mean, List<Double> std, TensorType type, Span span)
            implements DataExpr {}

    /** (x - mean) / std with both learned per element from the training split; {@code id} is unique in the data section. */
    record Standardize(int id, DataExpr operand, TensorType type, Span span) implements DataExpr {}

    /** A column of a table read as text, u8[bytes] in UTF-8. */
    record TextColumn(String name, TensorType type, Span span) implements DataExpr {}

    /** All of a text source's text, u8[bytes] in UTF-8. */
    record Stream(TensorType type, Span span) implements DataExpr {}

    /** Another field of the section, as its own type says. */
    record FieldValue(String name, TensorType type, Span span) implements DataExpr {}

    /**
     * A function of data.
     *
     * @param options by the language's names, as written; what was left out is absent
     * @param type of one example; a dim that differs from one example to the next is a variable
     * @param learned what is learned from the training split is kept under this number, unique in the data section and
     *     shared with {@link Standardize}; absent if nothing is learned
     */
    record Apply(
            DataFunction function,
            List<DataExpr> operands,
            Map<String, Constant> options,
            TensorType type,
            OptionalInt learned,
            Span span)
            implements DataExpr {}

    /** The type of text: its bytes in UTF-8. */
    TensorType TEXT = TensorType.of(DType.U8, Dim.variable("bytes"));

    /** What it is made of directly. */
    default List<DataExpr> operands() {
        return switch (this) {
            case Images i -> List.of();
            case Labels l -> List.of();
            case Column c -> List.of();
            case Number n -> List.of();
            case TextColumn t -> List.of();
            case Stream s -> List.of();
            case FieldValue f -> List.of();
            case Unary u -> List.of(u.operand());
            case Binary b -> List.of(b.left(), b.right());
            case Normalize n -> List.of(n.operand());
            case Standardize s -> List.of(s.operand());
            case Apply a -> a.operands();
        };
    }
}
