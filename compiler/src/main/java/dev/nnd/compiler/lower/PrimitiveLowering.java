package dev.nnd.compiler.lower;

import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** From the functions of the language to ops. */
final class PrimitiveLowering {

    private final GraphBuilder builder;
    private final WindowLowering windows;
    private final MoveLowering moves;
    private final LookupLowering lookups;
    private final OrderLowering order;
    private final ResizeLowering resizing;
    private final RandomLowering random;
    private final AttentionLowering attention;
    private final ScanLowering scans;
    private final RecurrentLowering recurrence;

    /** Lowers into a graph; in training, which the buffers know, dropout drops and what is not trained gets no gradient. */
    PrimitiveLowering(GraphBuilder builder, BufferValues buffers) {
        this.builder = builder;
        this.windows = new WindowLowering(builder, buffers);
        this.moves = new MoveLowering(builder);
        this.lookups = new LookupLowering(builder, buffers);
        this.order = new OrderLowering(builder);
        this.resizing = new ResizeLowering(builder);
        this.random = new RandomLowering(builder, buffers);
        this.scans = new ScanLowering(builder, buffers, random);
        this.recurrence = new RecurrentLowering(builder);
        this.attention = new AttentionLowering(builder, random);
    }

    /** The source of random numbers of the graph. */
    RandomLowering random() {
        return random;
    }

    /** True if there are ops for a function; lowering any other is an error of ours. */
    static boolean lowers(TypedExpr.Apply apply) {
        return apply.primitive() != Primitive.STREAMING_METRIC;
    }

    /** Adds the ops of a function; the result is named after the function if it has no name. */
    Value apply(TypedExpr.Apply e, List<Value> in, @Nullable String name) {
        String valueName = camel(name == null ? e.primitive().text() : name);
        return switch (e.primitive()) {
            case NEGATE, ABS, SIGN, SQUARE, SQRT, RSQRT, RECIPROCAL, EXP, EXPM1, LOG, LOG1P ->
                add(valueName, unary(e.primitive()), in);
            case SIN,
                    COS,
                    TANH,
                    SIGMOID,
                    RELU,
                    ERF,
                    SOFTPLUS,
                    FLOOR,
                    CEIL,
                    ROUND,
                    NOT,
                    ASIN,
                    ACOS,
                    ATAN,
                    STOP_GRADIENT -> add(valueName, unary(e.primitive()), in);
            case ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, MINIMUM, MAXIMUM, FLOOR_DIVIDE, REMAINDER, AND, OR ->
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
            case SUM, MEAN, MAX, MIN, PRODUCT, ANY, ALL -> order.reduce(e, in.getFirst(), valueName);
            case MATMUL -> matmul(e, in, valueName);
            case CONV1D, CONV2D, CONV3D -> windows.convolution(e, in, valueName);
            case CONV_TRANSPOSE1D, CONV_TRANSPOSE2D, CONV_TRANSPOSE3D -> windows.transposed(e, in, valueName);
            case MAX_POOL1D, MAX_POOL2D, MAX_POOL3D -> windows.maximum(e, in.getFirst(), valueName);
            case AVG_POOL1D, AVG_POOL2D, AVG_POOL3D -> windows.average(e, in.getFirst(), valueName);
            case ADAPTIVE_AVG_POOL, ADAPTIVE_MAX_POOL -> windows.adaptive(e, in.getFirst(), valueName);
            case BATCH_NORM -> windows.batchNorm(e, in, valueName);
            case SOFTMAX -> add(valueName, new Op.Softmax(), in);
            case LOG_SOFTMAX -> add(valueName, new Op.LogSoftmax(), in);
            case PICK -> lookups.pick(in, valueName);
            case ONE_HOT -> lookups.oneHot(e, in.getFirst(), valueName);
            case ARGMAX -> add(valueName, new Op.ArgMax(), in);
            case SIZE -> builder.size(dim(e.attributes().getFirst()), e.type().dtype());
            case BROADCAST -> builder.broadcast(in.getFirst(), e.type().dims());
            case RANGE -> moves.range(e, valueName);
            case SLICE -> moves.slice(e, in.getFirst(), valueName);
            case CONCAT -> moves.concat(e, in, valueName);
            case PAD -> moves.pad(e, in.getFirst(), valueName);
            case FLIP -> moves.flip(e, in.getFirst(), valueName);
            case ROLL -> moves.roll(e, in.getFirst(), valueName);
            case RESIZE -> resizing.resize(e, in.getFirst());
            case TAKE -> lookups.gather(e, in, false, valueName);
            case GATHER -> lookups.gather(e, in, true, valueName);
            case SCATTER -> lookups.scatter(e, in, Op.ScatterMode.SET, valueName);
            case SCATTER_ADD -> lookups.scatter(e, in, Op.ScatterMode.ADD, valueName);
            case SCATTER_MULTIPLY -> lookups.scatter(e, in, Op.ScatterMode.MULTIPLY, valueName);
            case SCATTER_MAX -> lookups.scatter(e, in, Op.ScatterMode.MAX, valueName);
            case SCATTER_MIN -> lookups.scatter(e, in, Op.ScatterMode.MIN, valueName);
            case EMBEDDING -> lookups.embedding(e, in, valueName);
            case CUMSUM -> order.cumulate(e, Op.CumulateFunction.SUM, in.getFirst(), valueName);
            case CUMPROD -> order.cumulate(e, Op.CumulateFunction.PRODUCT, in.getFirst(), valueName);
            case CUMMAX -> order.cumulate(e, Op.CumulateFunction.MAX, in.getFirst(), valueName);
            case CUMMIN -> order.cumulate(e, Op.CumulateFunction.MIN, in.getFirst(), valueName);
            case SORT -> order.sort(e, in.getFirst(), valueName).get(0);
            case ARGSORT -> order.sort(e, in.getFirst(), valueName).get(1);
            case TOP_K -> order.topK(e, in.getFirst(), valueName).get(0);
            case ARG_TOP_K -> order.topK(e, in.getFirst(), valueName).get(1);
            case RANDOM_NORMAL -> random.draw(Op.Distribution.NORMAL, e.type(), valueName);
            case RANDOM_UNIFORM -> random.draw(Op.Distribution.UNIFORM, e.type(), valueName);
            case DROPOUT -> random.dropout(in.getFirst(), Attributes.of(e).real(0), List.of());
            case CHANNEL_DROPOUT ->
                random.dropout(
                        in.getFirst(),
                        Attributes.of(e).real(0),
                        IntStream.range(2, e.type().rank()).boxed().toList());
            case ATTENTION -> attention.attention(e, in, valueName);
            case ROTARY -> attention.rotary(e, in, valueName);
            case SCAN_STEP -> scans.entry(e, in.getFirst());
            case SCAN_STATE -> scans.state(e, in.getFirst());
            case SCAN_COLLECT -> scans.collected(e, in, builder.place());
            case SCAN_LAST -> scans.last(e, in, builder.place());
            case LSTM, GRU, RNN -> recurrence.apply(e, in, builder.place());
            case STREAMING_METRIC -> later(e);
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

    static List<Integer> ints(Constant constant) {
        if (constant instanceof Constant.ListOf(var items)) {
            return items.stream().map(i -> size(dim(i))).toList();
        }
        throw new IllegalStateException("no list of ints: " + constant);
    }

    static Dim dim(Constant constant) {
        if (constant instanceof Constant.Int(var value)) {
            return value;
        }
        throw new IllegalStateException("no int: " + constant);
    }

    static int size(Dim dim) {
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
