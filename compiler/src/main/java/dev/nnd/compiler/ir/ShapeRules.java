package dev.nnd.compiler.ir;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What an op makes of operands of given types; the ground truth that every graph is verified against. */
public final class ShapeRules {

    private ShapeRules() {}

    /**
     * The types of an op's outputs.
     *
     * @throws GraphException if the operands don't fit
     */
    public static List<TensorType> outputs(Op op, List<TensorType> inputs, Origin origin) {
        var operands = new Operands(op, inputs, origin);
        if (op instanceof Op.InputGradient o && inputs.size() == o.reads() + 1) {
            operands.dims(o.reads(), o.inputDims());
        } else if (!(op instanceof Op.Concat)) {
            operands.count(inputCount(op));
        }
        return switch (op) {
            case Op.Constant o -> List.of(TensorType.scalar(o.dtype()));
            case Op.Size o -> List.of(TensorType.scalar(o.dtype()));
            case Op.Unary o -> List.of(unary(o, operands));
            case Op.Binary o -> List.of(binary(o, operands));
            case Op.Compare _ -> List.of(compare(operands));
            case Op.Select _ -> List.of(select(operands));
            case Op.Cast o -> List.of(operands.type(0).as(o.to()));
            case Op.Reshape o -> List.of(reshape(o, operands));
            case Op.Transpose o -> List.of(transpose(o, operands));
            case Op.Broadcast o -> List.of(broadcast(o, operands));
            case Op.Reduce o -> List.of(reduce(o, operands));
            case Op.MatMul o -> List.of(ProductShapes.matMul(o, operands));
            case Op.InnerProduct o -> List.of(ProductShapes.innerProduct(o, operands));
            case Op.InnerProductBackwardData o -> List.of(ProductShapes.innerProductBackwardData(o, operands));
            case Op.InnerProductBackwardWeights o -> ProductShapes.innerProductBackwardWeights(o, operands);
            case Op.Convolution o -> List.of(WindowShapes.convolution(o, operands));
            case Op.ConvolutionBackwardData o -> List.of(WindowShapes.backwardData(o, operands));
            case Op.ConvolutionBackwardWeights o -> WindowShapes.backwardWeights(o, operands);
            case Op.Pool o -> WindowShapes.pool(o, operands);
            case Op.PoolBackward o -> List.of(WindowShapes.poolBackward(o, operands));
            case Op.BatchNorm _ -> List.of(WindowShapes.batchNorm(operands));
            case Op.BatchNormTraining _ -> WindowShapes.batchNormTraining(operands);
            case Op.BatchNormBackward o -> WindowShapes.batchNormBackward(o, operands);
            case Op.Softmax _ -> List.of(overLastAxis(operands));
            case Op.LogSoftmax _ -> List.of(overLastAxis(operands));
            case Op.Pick _ -> List.of(pick(operands));
            case Op.OneHot o -> List.of(oneHot(o, operands));
            case Op.ArgMax _ -> List.of(argMax(operands));
            case Op.SoftmaxCrossEntropy _ -> softmaxCrossEntropy(operands);
            case Op.SoftmaxCrossEntropyBackward _ -> List.of(softmaxCrossEntropyBackward(operands));
            case Op.Indexing o -> IndexingShapes.outputs(o, operands);
            case Op.Call o -> call(o, operands);
            case Op.Scan o -> scan(o, operands);
        };
    }

    /** How many operands an op takes. */
    private static int inputCount(Op op) {
        return switch (op) {
            case Op.Constant _, Op.Size _ -> 0;
            case Op.Unary _, Op.Cast _, Op.Reshape _, Op.Transpose _, Op.Broadcast _, Op.Reduce _ -> 1;
            case Op.Pool _, Op.Softmax _, Op.LogSoftmax _, Op.OneHot _, Op.ArgMax _ -> 1;
            case Op.Binary _, Op.Compare _, Op.MatMul _, Op.Pick _, Op.SoftmaxCrossEntropy _ -> 2;
            case Op.InnerProductBackwardWeights _, Op.ConvolutionBackwardWeights _ -> 2;
            case Op.InputGradient o -> o.reads();
            case Op.BatchNorm o -> o.affine() ? 5 : 3;
            case Op.BatchNormTraining o -> o.affine() ? 3 : 1;
            case Op.BatchNormBackward o -> o.affine() ? 5 : 4;
            case Op.InnerProduct o -> o.bias() ? 3 : 2;
            case Op.Convolution o -> 2 + (o.bias() ? 1 : 0) + (o.scaled() ? 2 : 0) + (o.added() ? 1 : 0);
            case Op.Select _, Op.SoftmaxCrossEntropyBackward _ -> 3;
            case Op.Iota _ -> 0;
            case Op.Slice _, Op.Pad _, Op.Concat _, Op.Cumulate _, Op.Sort _ -> 1;
            case Op.Gather _, Op.Recurrence _, Op.Random _ -> 2;
            case Op.Scatter _ -> 3;
            case Op.Call o -> o.function().graph().inputs().size();
            case Op.Scan o -> o.body().graph().inputs().size();
        };
    }

    /**
     * The dims of two operands broadcast together as in NumPy: aligned at the end, equal or one of them the constant 1.
     *
     * @throws IllegalArgumentException if they don't broadcast; a symbolic dim is never taken to be 1
     */
    public static List<Dim> broadcast(List<Dim> a, List<Dim> b) {
        var result = new ArrayList<Dim>();
        for (int i = 1; i <= Math.max(a.size(), b.size()); i++) {
            Dim left = i <= a.size() ? a.get(a.size() - i) : Dim.ONE;
            Dim right = i <= b.size() ? b.get(b.size() - i) : Dim.ONE;
            if (!left.equals(right) && !left.is(1) && !right.is(1)) {
                throw new IllegalArgumentException("the dims " + a + " and " + b + " don't broadcast");
            }
            result.add(left.is(1) ? right : left);
        }
        Collections.reverse(result);
        return List.copyOf(result);
    }

    private static TensorType unary(Op.Unary op, Operands in) {
        switch (op.function()) {
            case NOT -> in.dtype(0, DType.BOOL);
            case NEGATE, ABS, SIGN, SQUARE, RELU, FLOOR, CEIL, ROUND -> in.number(0);
            case STOP_GRADIENT -> {}
            case SQRT,
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
                    ERF,
                    SOFTPLUS,
                    ASIN,
                    ACOS,
                    ATAN -> in.floating(0);
        }
        return in.type(0);
    }

    private static TensorType binary(Op.Binary op, Operands in) {
        switch (op.function()) {
            case AND, OR -> in.dtype(0, DType.BOOL);
            case ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER, MINIMUM, MAXIMUM, FLOOR_DIVIDE, REMAINDER -> in.number(0);
        }
        in.dtype(1, in.type(0).dtype());
        return in.type(0).withDims(in.broadcast(in.dims(0), in.dims(1)));
    }

    private static TensorType compare(Operands in) {
        in.dtype(1, in.type(0).dtype());
        return new TensorType(DType.BOOL, in.broadcast(in.dims(0), in.dims(1)));
    }

    private static TensorType select(Operands in) {
        in.dtype(0, DType.BOOL);
        in.dtype(2, in.type(1).dtype());
        return in.type(1).withDims(in.broadcast(in.dims(0), in.broadcast(in.dims(1), in.dims(2))));
    }

    private static TensorType reshape(Op.Reshape op, Operands in) {
        in.require(
                Dim.product(op.dims()).equals(in.type(0).elements()),
                () -> "another number of elements than " + in.type(0));
        return in.type(0).withDims(op.dims());
    }

    private static TensorType transpose(Op.Transpose op, Operands in) {
        int rank = in.type(0).rank();
        in.require(Permutation.fits(op.permutation(), rank), "not a permutation of the axes of " + in.type(0));
        return in.type(0)
                .withDims(op.permutation().stream().map(in.dims(0)::get).toList());
    }

    private static TensorType broadcast(Op.Broadcast op, Operands in) {
        in.require(
                in.broadcast(in.dims(0), op.dims()).equals(op.dims()),
                in.type(0) + " does not broadcast to these dims");
        return in.type(0).withDims(op.dims());
    }

    private static TensorType reduce(Op.Reduce op, Operands in) {
        switch (op.function()) {
            case SUM, PRODUCT, MAX, MIN -> in.number(0);
            case MEAN -> in.floating(0);
            case ANY, ALL -> in.dtype(0, DType.BOOL);
        }
        int previous = -1;
        for (int axis : op.axes()) {
            in.require(axis > previous && axis < in.type(0).rank(), () -> "axes are not sorted axes of " + in.type(0));
            previous = axis;
        }
        var dims = new ArrayList<Dim>();
        for (int i = 0; i < in.type(0).rank(); i++) {
            if (!op.axes().contains(i)) {
                dims.add(in.dims(0).get(i));
            } else if (op.keepDims()) {
                dims.add(Dim.ONE);
            }
        }
        return in.type(0).withDims(dims);
    }

    private static TensorType overLastAxis(Operands in) {
        in.floating(0);
        in.atLeast(0, 1);
        return in.type(0);
    }

    private static TensorType pick(Operands in) {
        in.atLeast(0, 1);
        in.dtype(1, DType.I32);
        in.dims(1, in.allButLast(0));
        return in.type(0).withDims(in.dims(1));
    }

    private static TensorType oneHot(Op.OneHot op, Operands in) {
        in.dtype(0, DType.I32);
        var dims = new ArrayList<>(in.dims(0));
        dims.add(op.depth());
        return new TensorType(op.dtype(), dims);
    }

    private static TensorType argMax(Operands in) {
        in.number(0);
        in.atLeast(0, 1);
        return new TensorType(DType.I32, in.allButLast(0));
    }

    private static List<TensorType> softmaxCrossEntropy(Operands in) {
        overLastAxis(in);
        in.dtype(1, DType.I32);
        in.dims(1, in.allButLast(0));
        return List.of(in.type(0).withDims(in.dims(1)), in.type(0));
    }

    private static List<TensorType> scan(Op.Scan op, Operands in) {
        List<TensorType> operands = op.body().operands();
        for (int i = 0; i < operands.size(); i++) {
            boolean sequence = i >= op.states() && i < op.states() + op.sequences();
            TensorType expected = sequence ? stacked(operands.get(i), op.steps()) : operands.get(i);
            int operand = i;
            in.require(
                    in.type(i).equals(expected),
                    () -> "operand " + operand + " is " + in.type(operand) + ", not " + expected);
        }
        List<TensorType> made = op.body().results();
        var results = new ArrayList<TensorType>();
        for (int i = 0; i < made.size(); i++) {
            TensorType type = made.get(i);
            boolean state = i < op.states();
            int index = i;
            in.require(!state || type.equals(operands.get(i)), () -> "state " + index + " becomes " + type);
            results.add(state ? type : stacked(type, op.steps()));
        }
        return results;
    }

    private static TensorType stacked(TensorType entry, Dim steps) {
        var dims = new ArrayList<>(List.of(steps));
        dims.addAll(entry.dims());
        return entry.withDims(dims);
    }

    private static List<TensorType> call(Op.Call op, Operands in) {
        List<TensorType> operands = op.function().operands();
        for (int i = 0; i < operands.size(); i++) {
            TensorType expected = operands.get(i);
            int operand = i;
            in.require(
                    in.type(i).equals(expected),
                    () -> "operand " + operand + " is " + in.type(operand) + ", not " + expected);
        }
        return op.function().results();
    }

    private static TensorType softmaxCrossEntropyBackward(Operands in) {
        overLastAxis(in);
        in.dtype(1, DType.I32);
        in.dims(1, in.allButLast(0));
        in.dtype(2, in.type(0).dtype());
        in.dims(2, in.dims(1));
        return in.type(0);
    }
}
