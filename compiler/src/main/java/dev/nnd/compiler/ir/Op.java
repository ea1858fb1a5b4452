package dev.nnd.compiler.ir;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.List;

/**
 * The primitive ops. A record holds attributes only; operands are the node's inputs. Shape rule, gradient, reference
 * kernel and lowering are exhaustive switches over this interface.
 */
public sealed interface Op {

    /** An op that the kernel provider computes; for all others there are generated kernels. */
    sealed interface Provided extends Op {}

    /**
     * The gradient by an input of a forward op. It may have one operand more than it reads, the last: that input, whose dims
     * the result has and after which it is laid out in memory. Without it the op chooses the layout.
     */
    sealed interface InputGradient extends Provided {

        /** Dims of the result. */
        List<Dim> inputDims();

        /** How many operands it reads. */
        int reads();
    }

    /** A scalar constant of that dtype. () -> scalar. */
    record Constant(double value, DType dtype) implements Op {}

    /**
     * The value of a dim as a scalar of that dtype, such as the count that a mean's gradient divides by. () -> scalar.
     */
    record Size(Dim dim, DType dtype) implements Op {}

    /** y = f(x), elementwise. */
    record Unary(UnaryFunction function) implements Op {}

    /** y = f(a, b), elementwise with NumPy broadcasting. */
    record Binary(BinaryFunction function) implements Op {}

    /** y = a ? b as bool, elementwise with broadcasting. */
    record Compare(Comparison comparison) implements Op {}

    /** y = c ? a : b, elementwise with broadcasting; inputs (c: bool, a, b). */
    record Select() implements Op {}

    /** Converts the dtype; bool becomes 0 and 1, float to integer truncates. */
    record Cast(DType to) implements Op {}

    /** The same elements in row-major order under other dims. */
    record Reshape(List<Dim> dims) implements Op {}

    /** Output axis i is input axis {@code permutation[i]}. */
    record Transpose(List<Integer> permutation) implements Op {}

    /** NumPy broadcast to these dims. */
    record Broadcast(List<Dim> dims) implements Op {}

    /** Reduces over sorted, distinct, non-negative axes; kept as 1 if {@code keepDims}. */
    record Reduce(ReduceFunction function, List<Integer> axes, boolean keepDims) implements Op {}

    /**
     * [..., m, k] x [..., k, n] -> [..., m, n]; leading dims broadcast; the flags swap the last two axes of an operand
     * first. Before that, the axes of an operand are permuted as a transpose would, and at the end those of the product:
     * [n, t, h, d] is read as [n, h, t, d] without a copy. An order keeps the last axis; an empty one changes nothing; where
     * there is one, both operands have its rank.
     */
    record MatMul(
            boolean transposeLeft,
            boolean transposeRight,
            List<Integer> leftOrder,
            List<Integer> rightOrder,
            List<Integer> resultOrder)
            implements Provided {

        public MatMul {
            leftOrder = List.copyOf(leftOrder);
            rightOrder = List.copyOf(rightOrder);
            resultOrder = List.copyOf(resultOrder);
        }

        /** With all axes in their own order. */
        public MatMul(boolean transposeLeft, boolean transposeRight) {
            this(transposeLeft, transposeRight, List.of(), List.of(), List.of());
        }

        /** Whether any axes are permuted, other than by the flags. */
        public boolean permutes() {
            return !(leftOrder.isEmpty() && rightOrder.isEmpty() && resultOrder.isEmpty());
        }
    }

    /**
     * y = relu?(x w^T + b): x [n, f...], w [o, f...] or [o, product of f], b [o] if {@code bias} -> [n, o]. With w of
     * rank 2 and x of a higher rank, w's second axis is f in row-major order.
     */
    record InnerProduct(boolean bias, boolean relu) implements Provided {}

    /** (dy [n, o], w, and perhaps x) -> dx of the given dims [n, f...]. */
    record InnerProductBackwardData(List<Dim> inputDims) implements InputGradient {
        @Override
        public int reads() {
            return 2;
        }
    }

    /** (dy [n, o], x [n, f...]) -> dw of the given dims, and db [o] if {@code bias}. */
    record InnerProductBackwardWeights(List<Dim> weightDims, boolean bias) implements Provided {}

    /**
     * y = relu?((conv(x, w) + b) * scale + shift + added): x [n, c, ...], w [o, c / groups, ...], b [o] if {@code bias}, scale
     * [o] and shift [o] if {@code scaled}, added [n, o, ...], the last operand, if {@code added}, with as many axes more as the
     * window has. Cross-correlation, as in PyTorch. One that is scaled or adds is made after the gradients and has none.
     */
    record Convolution(Window window, int groups, boolean bias, boolean scaled, boolean added, boolean relu)
            implements Provided {

        /** One that is not scaled and adds nothing. */
        public Convolution(Window window, int groups, boolean bias, boolean relu) {
            this(window, groups, bias, false, false, relu);
        }

        /** The same with relu on the result. */
        public Convolution withRelu() {
            return new Convolution(window, groups, bias, scaled, added, true);
        }

        /** The number of its last operand. */
        public int lastOperand() {
            return 1 + (bias ? 1 : 0) + (scaled ? 2 : 0) + (added ? 1 : 0);
        }

        /** The operand of numbers for each channel by which results are multiplied; the numbers to add follow it. */
        public int scale() {
            return bias ? 3 : 2;
        }
    }

    /**
     * (dy, w, b [c] if {@code bias}, and perhaps x) -> dx + b of the given dims. As a forward op it is the transposed
     * convolution of dy; a bias has nothing else.
     */
    record ConvolutionBackwardData(Window window, int groups, List<Dim> inputDims, boolean bias)
            implements InputGradient {

        /** One without bias. */
        public ConvolutionBackwardData(Window window, int groups, List<Dim> inputDims) {
            this(window, groups, inputDims, false);
        }

        @Override
        public int reads() {
            return bias ? 3 : 2;
        }
    }

    /** (dy, x) -> dw of the given dims, and db if {@code bias}. */
    record ConvolutionBackwardWeights(Window window, int groups, List<Dim> weightDims, boolean bias)
            implements Provided {}

    /**
     * One number for each window of x [n, c, ...]. With {@code indices}, which only a maximum has, a second output of dtype
     * i32 tells where each maximum was, in a form that only the backward op of the same provider reads.
     */
    record Pool(PoolFunction function, Window window, boolean indices) implements Provided {}

    /** (dy, for a maximum the indices, and perhaps x) -> dx of the given dims. */
    record PoolBackward(PoolFunction function, Window window, List<Dim> inputDims) implements InputGradient {
        @Override
        public int reads() {
            return function == PoolFunction.MAXIMUM ? 2 : 1;
        }
    }

    /**
     * Batch normalization by given statistics: (x [n, c, ...], mean [c], variance [c], and if {@code affine} weight [c], bias
     * [c]) -> (x - mean) / sqrt(variance + eps) * weight + bias.
     */
    record BatchNorm(double eps, boolean affine) implements Provided {}

    /**
     * Batch normalization by the statistics of x itself: (x [n, c, ...], and if {@code affine} weight [c], bias [c]) -> y,
     * mean [c], variance [c]. The variance divides by the number of elements.
     */
    record BatchNormTraining(double eps, boolean affine) implements Provided {}

    /**
     * (dy, x, mean, variance, and if {@code affine} weight) -> dx, and if {@code affine} dweight, dbias; mean and variance are
     * those of x.
     */
    record BatchNormBackward(double eps, boolean affine) implements Provided {}

    /** exp(x - max) / sum over the last axis. */
    record Softmax() implements Op {}

    /** x - max - log(sum(exp(x - max))) over the last axis. */
    record LogSoftmax() implements Op {}

    /** (x [..., c], index i32 [...]) -> [...]: the entry at the index of the last axis. */
    record Pick() implements Op {}

    /** index i32 [...] -> [..., depth] of that dtype: 1 at the index, 0 elsewhere. */
    record OneHot(Dim depth, DType dtype) implements Op {}

    /** The first index of the largest entry of the last axis: [..., c] -> i32 [...]. */
    record ArgMax() implements Op {}

    /** (logits [..., c], labels i32 [...]) -> loss [...] = -log softmax(logits)[label], probabilities [..., c]. */
    record SoftmaxCrossEntropy() implements Op {}

    /** (probabilities, labels, dLoss [...]) -> dLogits = (probabilities - onehot(labels)) * dLoss. */
    record SoftmaxCrossEntropyBackward() implements Op {}

    /**
     * Ops that make, move, find or order elements by their place along axes. Each becomes a loop nest of its own; none has
     * a kernel of the provider.
     */
    sealed interface Indexing extends Op {}

    /** y[..., i, ...] = i along one axis, of a number dtype. () -> dims. */
    record Iota(List<Dim> dims, int axis, DType dtype) implements Indexing {}

    /**
     * y[i, ...] = x[start + i * step, ...] on every axis; a negative step goes backwards from the start.
     *
     * @param start for every axis, the place of the first entry
     * @param step for every axis, not 0
     * @param dims of the output
     */
    record Slice(List<Dim> start, List<Integer> step, List<Dim> dims) implements Indexing {}

    /**
     * x with entries of one value around it and, with {@code interior}, between its entries; the gradient of a slice.
     *
     * @param low entries before, for every axis
     * @param high entries behind, for every axis
     * @param interior entries between two neighbours, for every axis
     * @param value of the new entries
     */
    record Pad(List<Dim> low, List<Dim> high, List<Integer> interior, double value) implements Indexing {}

    /** One or more operands one after another along an axis. */
    record Concat(int axis) implements Indexing {}

    /**
     * Entries of an axis at given indices, i32 or i64; an index out of range stops the run. (x, index) -> x.dims with the
     * axis replaced by the dims of the index; {@code each}: the index has the dims of x but for the axis, and those are
     * the result's, y[i, j, k] = x[i, index[i, j, k], k].
     */
    record Gather(int axis, boolean each) implements Indexing {}

    /**
     * A base with entries of an axis changed at given indices, one after another, so that repeated indices count each time.
     * (base, index, updates) -> dims: the base has these dims or is a scalar; updates have the dims that {@link Gather}
     * would give.
     */
    record Scatter(int axis, boolean each, ScatterMode mode, List<Dim> dims) implements Indexing {}

    /**
     * y[i] = x[0] f ... f x[i] along an axis.
     *
     * @param exclusive without x[i] itself; y starts with the neutral element. Not for MAX and MIN
     * @param reverse from the end to the start
     */
    record Cumulate(CumulateFunction function, int axis, boolean exclusive, boolean reverse) implements Indexing {}

    /** y[i] = factor[i] y[i - 1] + term[i] along an axis, y[-1] = 0; from the end with {@code reverse}. (factor, term) -> y. */
    record Recurrence(int axis, boolean reverse) implements Indexing {}

    /**
     * The first {@code count} entries of an axis in order, and their indices (i32). Of equal entries the first comes first;
     * NaN is larger than all numbers.
     */
    record Sort(int axis, boolean descending, Dim count) implements Indexing {}

    /**
     * Random numbers, a pure function of (seed, step, stream, index of the element): (seed i64, step i64) -> dims. UNIFORM
     * is from 0 inclusive to 1 exclusive, NORMAL has mean 0 and standard deviation 1. The stream is a number that tells one
     * use from another, a dim so that one kernel serves all.
     */
    record Random(List<Dim> dims, Distribution distribution, Dim stream, DType dtype) implements Indexing {}
    /** The results of a function; operands and results as its graph's ports say. */
    record Call(Function function) implements Op {}

    /**
     * Calls a function once for each entry of sequences, with states that each step hands to the next. Operands are the
     * states before the first step, the sequences [steps, ...], and what every step reads. The body's operands are the
     * states, an entry of each sequence, and the rest; its results are the next states and then values to collect. The
     * op's results are the last states and the collected values [steps, ...].
     *
     * @param states how many of the first operands are states
     * @param sequences how many operands after these are sequences
     * @param steps the length of the sequences
     * @param reverse from the last entry to the first; what is collected stands where its entry stood
     */
    record Scan(Function body, int states, int sequences, Dim steps, boolean reverse) implements Op {}

    /**
     * A window over the last axes, with one number for each of them in every list: kernel, stride and dilation at least 1,
     * padding at least 0; padding behind may be negative, then so many elements at the end are left out.
     *
     * @param ceil whether a window that starts inside the input or its padding in front, but ends behind it, counts too
     */
    record Window(
            List<Integer> kernel,
            List<Integer> stride,
            List<Integer> padBefore,
            List<Integer> padAfter,
            List<Integer> dilation,
            boolean ceil) {

        public Window {
            kernel = List.copyOf(kernel);
            stride = List.copyOf(stride);
            padBefore = List.copyOf(padBefore);
            padAfter = List.copyOf(padAfter);
            dilation = List.copyOf(dilation);
        }

        /** Over how many axes it slides. */
        public int axes() {
            return kernel.size();
        }

        /** What a window covers along an axis: dilation * (kernel - 1) + 1. */
        public long extent(int axis) {
            return (long) dilation.get(axis) * (kernel.get(axis) - 1) + 1;
        }

        /**
         * floor((size + padding - extent) / stride) + 1; with {@code ceil} rounded up, without windows that start behind the
         * input.
         */
        public Dim output(int axis, Dim size) {
            int before = padBefore.get(axis);
            Dim room = size.plus(Dim.of(before + padAfter.get(axis) - extent(axis)));
            int step = stride.get(axis);
            if (!ceil) {
                return room.floorDivide(Dim.of(step)).plus(Dim.ONE);
            }
            Dim up = room.plus(Dim.of(step - 1)).floorDivide(Dim.of(step)).plus(Dim.ONE);
            boolean startsInside = step + padAfter.get(axis) <= extent(axis);
            Dim starts = size.plus(Dim.of(before + step - 1)).floorDivide(Dim.of(step));
            return startsInside ? up : up.min(starts);
        }
    }

    /** What a pooling makes of the elements of a window. */
    enum PoolFunction {
        /** The largest; padding never wins. */
        MAXIMUM,
        /** The mean of those that are no padding. */
        AVERAGE,
        /** The mean with the padding as zeros; what a window covers behind the padding does not count. */
        AVERAGE_WITH_PADDING
    }

    /** Functions of one number. STOP_GRADIENT gives the number itself, and its derivative counts as 0. */
    enum UnaryFunction {
        NEGATE,
        ABS,
        SIGN,
        SQUARE,
        SQRT,
        RSQRT,
        RECIPROCAL,
        EXP,
        EXPM1,
        LOG,
        LOG1P,
        SIN,
        COS,
        TANH,
        SIGMOID,
        RELU,
        ERF,
        SOFTPLUS,
        FLOOR,
        CEIL,
        ROUND,
        ASIN,
        ACOS,
        ATAN,
        STOP_GRADIENT,
        NOT;

        /** True for what processors have no instruction for: it is computed by the terms of a series. */
        public boolean isSeries() {
            return switch (this) {
                case EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH, SIGMOID, SOFTPLUS, ERF, ASIN, ACOS, ATAN -> true;
                case NEGATE, ABS, SIGN, SQUARE, SQRT, RSQRT, RECIPROCAL, STOP_GRADIENT, RELU, FLOOR, CEIL, ROUND, NOT ->
                    false;
            };
        }
    }

    /**
     * Functions of two numbers. AND and OR are of two bools. FLOOR_DIVIDE is floor(a / b), REMAINDER is a - b floor(a / b)
     * with the sign of b.
     */
    enum BinaryFunction {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE,
        POWER,
        MINIMUM,
        MAXIMUM,
        FLOOR_DIVIDE,
        REMAINDER,
        AND,
        OR
    }

    /** Comparisons of two numbers. */
    enum Comparison {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_EQUAL,
        GREATER,
        GREATER_EQUAL
    }

    /** Reductions. ANY and ALL are of bools. */
    enum ReduceFunction {
        SUM,
        MEAN,
        PRODUCT,
        MAX,
        MIN,
        ANY,
        ALL
    }

    /** What a scatter does with an entry and its update. */
    enum ScatterMode {
        SET,
        ADD,
        MULTIPLY,
        MAX,
        MIN
    }

    /** What runs along an axis. */
    enum CumulateFunction {
        SUM,
        PRODUCT,
        MAX,
        MIN
    }

    /** How random numbers are distributed. */
    enum Distribution {
        UNIFORM,
        NORMAL
    }
}
