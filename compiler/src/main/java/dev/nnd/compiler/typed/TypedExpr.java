package dev.nnd.compiler.typed;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.Span;
import java.util.List;

/** An expression whose type is known. Sharing is explicit: a value that is used more than once is a {@link Local}. */
public sealed interface TypedExpr {

    TensorType type();

    Span span();

    /** An input of the block, or in a train section a field of the data with a leading batch dim. */
    record Input(String name, TensorType type, Span span) implements TypedExpr {}

    /** A parameter of this block. */
    record Param(String name, TensorType type, Span span) implements TypedExpr {}

    /** A parameter of a layer of this block: {@code embed.weight}. */
    record LayerParam(String layer, String name, TensorType type, Span span) implements TypedExpr {}

    /** A value bound earlier in this block. */
    record Local(int id, TensorType type, Span span) implements TypedExpr {}

    /** Output {@code index} of the call bound under {@code call}. */
    record CallOutput(int call, int index, TensorType type, Span span) implements TypedExpr {}

    /** A number known at compile time. */
    record Number(double value, DType dtype, Span span) implements TypedExpr {
        @Override
        public TensorType type() {
            return TensorType.scalar(dtype);
        }
    }

    /** A {@code float} parameter of the train section, settable at run time. */
    record Setting(String name, Span span) implements TypedExpr {
        @Override
        public TensorType type() {
            return TensorType.scalar(DType.F32);
        }
    }

    /** A primitive applied to operands; attributes in the order that {@link Primitive} names. */
    record Apply(Primitive primitive, List<TypedExpr> operands, List<Constant> attributes, TensorType type, Span span)
            implements TypedExpr {}
}
