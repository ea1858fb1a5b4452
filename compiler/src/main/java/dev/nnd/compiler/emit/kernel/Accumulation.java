package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.type.DType;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a reduction does with each element, in Java.
 *
 * @param function how elements are brought together
 * @param dtype of the elements
 * @param count how many elements one result is made of
 */
record Accumulation(Op.ReduceFunction function, DType dtype, Code count) {

    /** The Java variable of a place for a vector. */
    static final String SPARE = "lanesAt";

    static Accumulation of(Op.ReduceFunction function, DType dtype, KernelBody body) {
        List<String> sizes = IntStream.range(0, body.depth())
                .filter(body::reduces)
                .mapToObj(body::size)
                .toList();
        Code count = sizes.isEmpty()
                ? Code.atom("1")
                : new Code(String.join(" * ", sizes), sizes.size() == 1 ? Code.ATOM : Code.PRODUCT);
        return new Accumulation(function, dtype, count);
    }

    boolean isSum() {
        return function == Op.ReduceFunction.SUM || function == Op.ReduceFunction.MEAN;
    }

    /** Plain loops add floats in double. */
    boolean isWide() {
        return dtype == DType.F32 && isSum();
    }

    /** A name for the accumulator. */
    String name() {
        return switch (function) {
            case SUM, MEAN -> "sum";
            case MAX -> "largest";
            case MIN -> "smallest";
            case PRODUCT -> "product";
            case ANY -> "any";
            case ALL -> "all";
        };
    }

    /** A name for the vector of accumulators. */
    String lanesName() {
        return switch (function) {
            case SUM, MEAN -> "sums";
            case MAX -> "maxima";
            case MIN -> "minima";
            case PRODUCT, ANY, ALL -> "products";
        };
    }

    /** The accumulator of a plain loop, declared. */
    String declared(String accumulator) {
        DType type = isWide() ? DType.F64 : dtype;
        return Literals.javaType(type) + " " + accumulator + " = " + start(type);
    }

    /** The result of a plain loop. */
    Code total(String accumulator) {
        Code total = mean(Code.atom(accumulator));
        return isWide() ? Code.prefix("(float) ", total) : total;
    }

    /** True if the order matters in which the lanes are brought together: the Vector API promises none. */
    private boolean isOrdered() {
        return isSum() || function == Op.ReduceFunction.PRODUCT;
    }

    /** The loops, with what {@link #total(String, String, Lines)} needs before them. */
    static String spared(String loops) {
        return loops.contains("Lanes.") ? "long " + SPARE + " = Lanes.spare();\n" + loops : loops;
    }

    /** The result of a loop of vectors and the plain loop behind it. */
    Code total(String accumulator, String lanes, Lines out) {
        String reduced = lanes + ".reduceLanes(VectorOperators." + function.name() + ")";
        if (isOrdered()) {
            out.add(lanes + ".intoMemorySegment(MEMORY, " + SPARE + ", ORDER)");
            reduced = "Lanes." + (isSum() ? "sum" : "product") + "(" + SPARE + ", LANES)";
        }
        return mean(combined(Code.atom(accumulator), Code.atom(reduced)));
    }

    private Code mean(Code total) {
        return function == Op.ReduceFunction.MEAN ? Code.infix(total, "/", count, Code.PRODUCT) : total;
    }

    /** The statement that takes in an element. */
    String add(String accumulator, Code x) {
        return isSum()
                ? accumulator + " += " + x.text()
                : accumulator + " = " + combined(Code.atom(accumulator), x).text();
    }

    /**
     * The statement that takes in a vector. The loop-carried vector is an argument and never the receiver, which would put
     * it on the heap.
     */
    String addVector(String lanes, Code x) {
        String method = switch (function) {
            case SUM, MEAN -> "add";
            case PRODUCT -> "mul";
            case MAX -> "max";
            case MIN -> "min";
            case ANY, ALL -> throw new IllegalStateException(function + " of floats");
        };
        return lanes + " = " + x.then(method, Code.atom(lanes)).text();
    }

    private Code combined(Code a, Code b) {
        return switch (function) {
            case SUM, MEAN -> Code.infix(a, "+", b, Code.SUM);
            case MAX -> Code.call("Math.max", a, b);
            case MIN -> Code.call("Math.min", a, b);
            case PRODUCT -> Code.infix(a, "*", b, Code.PRODUCT);
            case ANY -> Code.infix(a, "|", b, Code.OR);
            case ALL -> Code.infix(a, "&", b, Code.AND);
        };
    }

    String start(DType type) {
        return switch (function) {
            case SUM, MEAN -> Literals.constant(0, type).text();
            case MAX -> extreme(type, Double.NEGATIVE_INFINITY, "MIN_VALUE");
            case MIN -> extreme(type, Double.POSITIVE_INFINITY, "MAX_VALUE");
            case PRODUCT, ALL -> Literals.constant(1, type).text();
            case ANY -> Literals.constant(0, type).text();
        };
    }

    private static String extreme(DType type, double infinity, String whole) {
        return type.isFloat()
                ? Literals.constant(infinity, type).text()
                : (type == DType.I64 ? "Long." : "Integer.") + whole;
    }

    String vectorStart() {
        return isSum()
                ? VectorCode.zeros().text()
                : Code.call("FloatVector.broadcast", Code.atom("SPECIES"), Code.atom(start(DType.F32)))
                        .text();
    }
}
