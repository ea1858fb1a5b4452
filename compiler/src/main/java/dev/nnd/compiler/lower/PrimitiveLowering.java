package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** From the functions of the language to ops. */
final class PrimitiveLowering {

    /** What the checker knows and the compiler's middle has no ops for yet; {@link #lowers} says so before lowering. */
    private static final Set<Primitive> LATER = EnumSet.of(
            Primitive.ASIN,
            Primitive.ACOS,
            Primitive.ATAN,
            Primitive.FLOOR_DIVIDE,
            Primitive.REMAINDER,
            Primitive.STOP_GRADIENT,
            Primitive.RANGE,
            Primitive.RANDOM_NORMAL,
            Primitive.RANDOM_UNIFORM,
            Primitive.CONCAT,
            Primitive.PAD,
            Primitive.FLIP,
            Primitive.ROLL,
            Primitive.TAKE,
            Primitive.GATHER,
            Primitive.SCATTER,
            Primitive.SCATTER_ADD,
            Primitive.CUMSUM,
            Primitive.CUMPROD,
            Primitive.CUMMAX,
            Primitive.CUMMIN,
            Primitive.SORT,
            Primitive.ARGSORT,
            Primitive.TOP_K,
            Primitive.ARG_TOP_K,
            Primitive.PRODUCT,
            Primitive.ANY,
            Primitive.ALL,
            Primitive.RESIZE,
            Primitive.SCAN_STEP,
            Primitive.SCAN_STATE,
            Primitive.SCAN_COLLECT,
            Primitive.SCAN_LAST,
            Primitive.SLICE,
            Primitive.CONV1D,
            Primitive.CONV3D,
            Primitive.CONV_TRANSPOSE1D,
            Primitive.CONV_TRANSPOSE2D,
            Primitive.CONV_TRANSPOSE3D,
            Primitive.MAX_POOL1D,
            Primitive.MAX_POOL3D,
            Primitive.AVG_POOL1D,
            Primitive.AVG_POOL2D,
            Primitive.AVG_POOL3D,
            Primitive.ADAPTIVE_AVG_POOL,
            Primitive.ADAPTIVE_MAX_POOL,
            Primitive.BATCH_NORM,
            Primitive.DROPOUT,
            Primitive.CHANNEL_DROPOUT,
            Primitive.EMBEDDING,
            Primitive.ATTENTION,
            Primitive.ROTARY,
            Primitive.LSTM,
            Primitive.GRU,
            Primitive.RNN,
            Primitive.STREAMING_METRIC);

    /** What {@code max_pool2d} has beside kernel, stride and padding: dilation and rounding up. */
    private static final int PLAIN_POOL = 3;

    private final GraphBuilder builder;

    PrimitiveLowering(GraphBuilder builder) {
        this.builder = builder;
    }

    /** True if there are ops for a function; lowering any other is an error of ours. */
    static boolean lowers(TypedExpr.Apply apply) {
        boolean plain =
                apply.primitive() != Primitive.MAX_POOL2D || apply.attributes().size() == PLAIN_POOL;
        return plain && !LATER.contains(apply.primitive());
    }

    /** Adds the ops of a function; the result is named after the function if it has no name. */
    Value apply(TypedExpr.Apply e, List<Value> in, @Nullable String name) {
        String valueName = camel(name == null ? e.primitive().text() : name);
        return switch (e.primitive()) {
            case NEGATE, ABS, SIGN, SQUARE, SQRT, RSQRT, RECIPROCAL, EXP, EXPM1, LOG, LOG1P ->
                add(valueName, unary(e.primitive()), in);
            case SIN, COS, TANH, SIGMOID, RELU, ERF, SOFTPLUS, FLOOR, CEIL, ROUND, NOT ->
                add(valueName, unary(e.primitive()), in);
            case ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, MINIMUM, MAXIMUM, AND, OR ->
                add(
                        valueName,
                        new Op.Binary(Op.BinaryFunction.valueOf(e.primitive().name())),
                        alike(in, in.getFirst()));
            case EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL ->
                add(
                        valueName,
                        new Op.Compare(Op.Comparison.valueOf(e.primitive().name())),
                        alike(in, in.getFirst()));
            case SELECT -> add(valueName, new Op.Select(), in);
            case CAST -> builder.cast(in.getFirst(), e.type().dtype());
            case RESHAPE, FLATTEN -> builder.reshape(in.getFirst(), e.type().dims());
            case TRANSPOSE -> add(valueName, new Op.Transpose(permutation(e, in.getFirst())), in);
            case SUM, MEAN, MAX, MIN -> reduce(e, in.getFirst(), valueName);
            case MATMUL -> matmul(e, in, valueName);
            case CONV2D -> add(valueName, convolution(e.attributes(), in.get(1).type()), in);
            case MAX_POOL2D -> add(valueName, pooling(e.attributes()), in);
            case SOFTMAX -> add(valueName, new Op.Softmax(), in);
            case LOG_SOFTMAX -> add(valueName, new Op.LogSoftmax(), in);
            case PICK -> add(valueName, new Op.Pick(), in);
            case ONE_HOT ->
                add(
                        valueName,
                        new Op.OneHot(dim(e.attributes().getFirst()), e.type().dtype()),
                        in);
            case ARGMAX -> add(valueName, new Op.ArgMax(), in);
            case SIZE -> builder.size(dim(e.attributes().getFirst()), e.type().dtype());
            case BROADCAST -> builder.broadcast(in.getFirst(), e.type().dims());
            case SCAN_STEP,
                    SCAN_STATE,
                    SCAN_COLLECT,
                    SCAN_LAST,
                    ASIN,
                    ACOS,
                    ATAN,
                    FLOOR_DIVIDE,
                    REMAINDER,
                    STOP_GRADIENT,
                    RANGE,
                    RANDOM_NORMAL,
                    RANDOM_UNIFORM,
                    CONCAT,
                    PAD,
                    FLIP,
                    ROLL,
                    TAKE,
                    GATHER,
                    SCATTER,
                    SCATTER_ADD,
                    CUMSUM,
                    CUMPROD,
                    CUMMAX,
                    CUMMIN,
                    SORT,
                    ARGSORT,
                    TOP_K,
                    ARG_TOP_K,
                    PRODUCT,
                    ANY,
                    ALL,
                    RESIZE,
                    SLICE -> throw new IllegalStateException("no ops for " + e.primitive());
            case CONV1D, CONV3D, CONV_TRANSPOSE1D, CONV_TRANSPOSE2D, CONV_TRANSPOSE3D -> later(e);
            case MAX_POOL1D, MAX_POOL3D, AVG_POOL1D, AVG_POOL2D, AVG_POOL3D -> later(e);
            case ADAPTIVE_AVG_POOL, ADAPTIVE_MAX_POOL, BATCH_NORM, DROPOUT, CHANNEL_DROPOUT -> later(e);
            case EMBEDDING, ATTENTION, ROTARY, LSTM, GRU, RNN, STREAMING_METRIC -> later(e);
        };
    }

    private static Value later(TypedExpr.Apply e) {
        throw new IllegalStateException("`" + e.primitive().text() + "` has no ops and was not refused");
    }

    private Value add(String name, Op op, List<Value> in) {
        return builder.applyAll(name, op, in).getFirst();
    }

    private static Op unary(Primitive primitive) {
        return new Op.Unary(Op.UnaryFunction.valueOf(primitive.name()));
    }

    /** Operands in one dtype: that of the first operand that is no scalar, since a scalar is often a literal. */
    private List<Value> alike(List<Value> in, Value first) {
        DType dtype = in.stream()
                .filter(v -> v.type().rank() > 0)
                .findFirst()
                .orElse(first)
                .type()
                .dtype();
        return in.stream().map(v -> builder.cast(v, dtype)).toList();
    }

    private static List<Integer> permutation(TypedExpr.Apply e, Value x) {
        int rank = x.type().rank();
        if (!e.attributes().isEmpty()) {
            return ints(e.attributes().getFirst());
        }
        var permutation = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        permutation.set(rank - 2, rank - 1);
        permutation.set(rank - 1, rank - 2);
        return permutation;
    }

    private Value reduce(TypedExpr.Apply e, Value x, String name) {
        List<Integer> named = ints(e.attributes().getFirst());
        List<Integer> axes =
                named.isEmpty() ? IntStream.range(0, x.type().rank()).boxed().toList() : named;
        boolean keepDims =
                e.attributes().size() > 1 && e.attributes().get(1) instanceof Constant.Bool(var keep) && keep;
        var function = Op.ReduceFunction.valueOf(e.primitive().name());
        return axes.isEmpty() ? x : add(name, new Op.Reduce(function, axes, keepDims), List.of(x));
    }

    /** A vector on the left counts as a row, on the right as a column. */
    private Value matmul(TypedExpr.Apply e, List<Value> in, String name) {
        Value a = in.get(0);
        Value b = in.get(1);
        Value left = a.type().rank() > 1
                ? a
                : builder.reshape(a, List.of(Dim.ONE, a.type().dim(0)));
        Value right =
                b.type().rank() > 1 ? b : builder.reshape(b, List.of(b.type().dim(0), Dim.ONE));
        Value product = add(name, new Op.MatMul(false, false), List.of(left, right));
        return builder.reshape(product, e.type().dims());
    }

    private static Op convolution(List<Constant> attributes, TensorType weights) {
        List<Integer> kernel = List.of(size(weights.dim(2)), size(weights.dim(3)));
        Op.Window window = window(kernel, ints(attributes.get(0)), ints(attributes.get(1)), ints(attributes.get(2)));
        return new Op.Convolution2d(window, size(dim(attributes.get(3))), false, false);
    }

    private static Op pooling(List<Constant> attributes) {
        List<Integer> undilated = List.of(1, 1);
        Op.Window window = window(ints(attributes.get(0)), ints(attributes.get(1)), ints(attributes.get(2)), undilated);
        return new Op.MaxPool2d(window, false);
    }

    private static Op.Window window(
            List<Integer> kernel, List<Integer> stride, List<Integer> padding, List<Integer> dilation) {
        return new Op.Window(
                kernel.get(0),
                kernel.get(1),
                stride.get(0),
                stride.get(1),
                padding.get(0),
                padding.get(1),
                padding.get(0),
                padding.get(1),
                dilation.get(0),
                dilation.get(1));
    }

    private static List<Integer> ints(Constant constant) {
        if (constant instanceof Constant.ListOf(var items)) {
            return items.stream().map(i -> size(dim(i))).toList();
        }
        throw new IllegalStateException("no list of ints: " + constant);
    }

    private static Dim dim(Constant constant) {
        if (constant instanceof Constant.Int(var value)) {
            return value;
        }
        throw new IllegalStateException("no int: " + constant);
    }

    private static int size(Dim dim) {
        return Math.toIntExact(
                dim.constant().orElseThrow(() -> new IllegalStateException(dim + " is not known at compile time")));
    }

    private static String camel(String name) {
        var text = new StringBuilder();
        for (String part : name.split("[^A-Za-z0-9]+", -1)) {
            if (!part.isEmpty()) {
                text.append(text.isEmpty() ? part : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
            }
        }
        return text.toString();
    }
}
