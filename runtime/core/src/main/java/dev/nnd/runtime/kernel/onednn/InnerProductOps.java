package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.foreign.NativeCalls;
import dev.nnd.runtime.kernel.Shapes;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Tensor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds inner products, always of matrices. An x in a convolution's layout is read as the matrix that its memory is, and
 * the weights' features lie in that order too; padding on both sides is zero and adds nothing.
 */
final class InnerProductOps {

    /** A blocked order with more padding than this is not worth its multiplications. */
    private static final double MOST_PADDING = 1.25;

    private static final int MATRIX_RANK = 2;

    private final OpBuilder op;
    private final Descriptors descriptors;
    private final Shapes.InnerProduct shape;
    /** In which numbers it is computed. */
    private final ElementType type;

    InnerProductOps(OpBuilder op, Shapes.InnerProduct shape) {
        this(op, shape, op.operands(Math.min(shape.f(), shape.o())));
    }

    private InnerProductOps(OpBuilder op, Shapes.InnerProduct shape, ElementType type) {
        this.op = op;
        this.descriptors = op.descriptors();
        this.shape = shape;
        this.type = type;
    }

    void forward(Tensor x, Tensor weights, @Nullable Tensor bias, boolean relu) {
        if (ByteProduct.wanted(op, weights, shape.f(), shape.o()) && inBytes(x, weights, bias, relu)) {
            return;
        }
        boolean row = op.narrowsRow(shape.n(), Math.min(shape.f(), shape.o()), weights);
        if (row && !(weights.decided() && foreign(weights))) {
            settle(x, weights, bias, relu);
            new InnerProductOps(op, shape, ElementType.BF16).multiply(x, weights, bias, relu);
        } else {
            multiply(x, weights, bias, relu);
        }
    }

    /** Gives weights the home that this product likes, if they have none yet, whatever else multiplies them. */
    private void settle(Tensor x, Tensor weights, @Nullable Tensor bias, boolean relu) {
        if (weights.decided()) {
            return;
        }
        var order = bestOrder(x);
        long description = op.best(() -> forward(
                OpBuilder.FORWARD_INFERENCE,
                operand(order, shape.n()),
                anyWeights(order),
                bias == null ? 0 : descriptors.of(bias),
                op.attributes(relu)));
        weights.decide(RowsLayout.of(order, shape.o(), packed(description)));
    }

    private void multiply(Tensor x, Tensor weights, @Nullable Tensor bias, boolean relu) {
        boolean fixed = weights.decided();
        var w = fixed && foreign(weights) ? op.plainCopy(weights) : weights;
        boolean predicts = narrow() && op.predicts(w);
        // An implementation may choose where weights live; in other numbers than f32 if they are not trained.
        boolean choose = !fixed && (!narrow() || predicts);
        var order = fixed ? order(w) : choose ? bestOrder(x) : FeatureOrder.plain(shape.f());
        var rows = rows(x, order);
        long source = order.matrix(descriptors, shape.n());
        long operand = operand(order, shape.n());
        long anyWeights = anyWeights(order);
        boolean keeps = !op.inference() && op.holds(w);
        if (keeps && order.plain() && bias == null && !relu && small(shape.f(), shape.o())) {
            if (!fixed) {
                w.decide(RowsLayout.of(order, shape.o(), packed(hint(order))));
            }
            var columns = op.held(w, matrix(w, order), descriptors.strided(ElementType.F32, dims(), columnStrides()));
            multiply(rows, columns, op.plainOutput(shape.output()), shape.f(), shape.o());
            return;
        }
        if (order.plain() && inColumns(w, choose)) {
            var y = op.plainOutput(shape.output());
            var operands = new ColumnProduct.Operands(rows, w, bias, relu, y, shape.n(), shape.f(), shape.o());
            op.loop(() -> new ColumnProduct(operands, op.team()));
            return;
        }
        long wanted = fixed && !keeps && (!narrow() || !w.layout().exact()) ? matrix(w, order) : anyWeights;
        long biasDescriptor = bias == null ? 0 : descriptors.of(bias);
        long attributes = op.attributes(relu);
        int kind = op.inference() || keeps ? OpBuilder.FORWARD_INFERENCE : OpBuilder.FORWARD_TRAINING;
        long description = op.best(
                () -> forward(kind, operand, wanted, biasDescriptor, attributes),
                () -> forward(kind, operand, anyWeights, biasDescriptor, attributes));
        if (choose) {
            w.decide(RowsLayout.of(order, shape.o(), packed(keeps ? hint(order) : description)));
        } else if (predicts && w.layout().exact()) {
            w = op.site().copy(w, RowsLayout.of(order, shape.o(), packed(description)));
        }
        var y = op.output(description, OpBuilder.DESTINATION, "", ElementType.F32, shape.output());
        if (streams(description, w, order)) {
            var operands = new StreamedRow.Operands(rows, w, bias, relu, y, order.stored(), shape.o());
            op.loop(() -> new StreamedRow(operands, op.session().workers()));
            return;
        }
        if (isRow(description, w, order)) {
            var operands = new RowProduct.Operands(rows, w, bias, relu, y, order.stored(), shape.o());
            op.loop(() -> new RowProduct(operands, op.team()));
            return;
        }
        op.step(
                description,
                op.input(description, OpBuilder.SOURCE, rows, source),
                op.input(description, OpBuilder.WEIGHTS, w, matrix(w, order)),
                bias == null ? null : op.input(description, OpBuilder.BIAS, bias, biasDescriptor),
                new DnnlOp.Argument(OpBuilder.DESTINATION, OpBuilder.argument(description, OpBuilder.DESTINATION), y));
    }

    /** Whether weights lie in columns; this product chooses that for weights without a home if it is the fast way. */
    private boolean inColumns(Tensor weights, boolean choose) {
        if (narrow() || !op.inference() || !NativeCalls.FLOATS) {
            return false;
        }
        long columns = ColumnProduct.descriptor(descriptors, shape.f(), shape.o());
        if (choose
                && op.predicts(weights)
                && ColumnProduct.suits(
                        shape.n(), shape.f(), shape.o(), op.team().threads(), OwnCache.BYTES)) {
            weights.decide(DnnlLayout.of(columns));
        }
        return weights.decided() && Descriptors.same(matrix(weights, FeatureOrder.plain(shape.f())), columns);
    }

    /** Whether it is one row of a prediction, multiplied with rows that are read from memory. */
    private boolean streams(long description, Tensor weights, FeatureOrder order) {
        return op.inference()
                && !narrow()
                && StreamedRow.suits(shape.n(), shape.o() * order.stored())
                && inRows(description, weights, order);
    }

    /** Whether it is one row, multiplied with rows that stay in caches. */
    private boolean isRow(long description, Tensor weights, FeatureOrder order) {
        return !narrow()
                && RowProduct.suits(shape.n(), order.stored(), shape.o())
                && inRows(description, weights, order);
    }

    /** Whether the weights lie in rows, and are wanted so. */
    private boolean inRows(long description, Tensor weights, FeatureOrder order) {
        long plain = descriptors.plain(ElementType.F32, shape.o(), order.stored());
        return Descriptors.same(OpBuilder.argument(description, OpBuilder.WEIGHTS), plain)
                && Descriptors.same(matrix(weights, order), plain);
    }

    private Layout packed(long description) {
        long weights = OpBuilder.argument(description, OpBuilder.WEIGHTS);
        return narrow() ? NarrowLayout.of(weights) : DnnlLayout.of(weights);
    }

    /** The product in eight bits; false if the machine has no fast kernel for it. */
    private boolean inBytes(Tensor x, Tensor weights, @Nullable Tensor bias, boolean relu) {
        var home = ByteProduct.home(weights);
        var order = weights.decided() ? order(weights) : bestOrder(x);
        var product = new ByteProduct(op, shape.n(), order.stored(), shape.o(), order, false);
        long description = product.description(home);
        if (description == 0) {
            return false;
        }
        product.multiply(description, rows(x, order), weights, bias, relu, op.plainOutput(shape.output()));
        return true;
    }

    /** A {@code kind} of inference lets it have the weights in blocks, which the gradients could not read. */
    private long forward(int kind, long source, long weights, long bias, long attributes) {
        long target = descriptors.plain(ElementType.F32, shape.output());
        return op.keep(DnnlFunction.INNER_PRODUCT_FORWARD.tryCreate(
                op.engine(), kind, source, weights, bias, target, attributes));
    }

    /** oneDNN asks for a forward description beside a backward one; the shapes are what matters in it. */
    private long hint(FeatureOrder order) {
        return forward(
                OpBuilder.FORWARD_TRAINING, operand(order, shape.n()), anyWeights(order), 0, op.attributes(false));
    }

    void backwardData(Tensor dy, Tensor weights, Tensor likeX) {
        var w = foreign(weights) ? op.plainCopy(weights) : weights;
        var order = order(w);
        long target = order.matrix(descriptors, shape.n());
        long own = matrix(w, order);
        if (op.holds(w) && order.plain() && dy.plain() && likeX.plain() && small(shape.o(), shape.f())) {
            var matrix = op.held(w, own, descriptors.plain(ElementType.F32, dims()));
            multiply(dy, matrix, op.outputLike(likeX), shape.o(), shape.f());
            return;
        }
        long anyWeights = anyWeights(order);
        long wanted = narrow() ? anyWeights : own;
        long gradient = descriptors.of(dy);
        long operand = descriptors.plain(type, shape.output());
        long hint = hint(order);
        long attributes = op.attributes(false);
        long description = op.best(
                () -> backwardData(target, wanted, operand, hint, attributes),
                () -> backwardData(target, anyWeights, operand, hint, attributes));
        var dx = op.outputLike(likeX);
        boolean direct = FeatureOrder.of(likeX, descriptors).equals(Optional.of(order));
        var place = direct ? dx : op.rowsScratch(shape.n(), order.stored());
        var result = op.result(description, OpBuilder.DIFF_SOURCE, place, target);
        op.step(
                description,
                op.input(description, OpBuilder.DIFF_DESTINATION, dy, gradient),
                op.input(description, OpBuilder.WEIGHTS, w, own),
                result);
        op.finish(result, place, target);
        if (!direct) {
            toTensor(place, order, dx);
        }
    }

    /** Whether it is one of a recurrence's products, for which the function for matrices is best. */
    private boolean small(long terms, long sums) {
        return !narrow() && op.team().threads() == 1 && SmallProduct.suits(shape.n(), terms, sums);
    }

    private void multiply(Tensor rows, Tensor matrix, Tensor y, long terms, long sums) {
        op.loop(() -> new SmallProduct(rows, false, matrix, y, shape.n(), terms, sums, op.team()));
    }

    private long[] dims() {
        return new long[] {shape.o(), shape.f()};
    }

    /** The strides of weights that lie as [f, o]. */
    private long[] columnStrides() {
        return new long[] {1, shape.o()};
    }

    private long backwardData(long target, long weights, long gradient, long hint, long attributes) {
        return op.keep(DnnlFunction.INNER_PRODUCT_BACKWARD_DATA.tryCreate(
                op.engine(), target, weights, gradient, hint, attributes));
    }

    void backwardWeights(Tensor dy, Tensor x, Tensor dw, @Nullable Tensor db) {
        var place = foreign(dw) ? op.plainScratch(dw) : dw;
        var order = order(place);
        var rows = rows(x, order);
        long source = order.matrix(descriptors, shape.n());
        long target = matrix(place, order);
        if (order.plain() && dy.plain() && tall()) {
            long columns = descriptors.strided(ElementType.F32, dims(), columnStrides());
            var product = op.scratchOf(columns);
            op.loop(() -> new SmallProduct(rows, true, dy, product, shape.f(), shape.n(), shape.o(), op.team()));
            op.reorder(columns, product, target, place);
            if (db != null) {
                var ones = op.keptOf(descriptors.plain(ElementType.F32, shape.n()));
                op.loop(() -> SmallProduct.columnSums(ones, dy, db, shape.n(), shape.o(), op.team()));
            }
            if (foreign(dw)) {
                op.fromPlain(place, dw);
            }
            return;
        }
        long anyTarget = descriptors.any(ElementType.F32, shape.o(), order.stored());
        long gradient = descriptors.of(dy);
        long left = operand(order, shape.n());
        long right = descriptors.plain(type, shape.output());
        long bias = db == null ? 0 : descriptors.of(db);
        long hint = hint(order);
        long attributes = op.attributes(false);
        long description = op.best(
                () -> backwardWeights(left, target, bias, right, hint, attributes),
                () -> backwardWeights(left, anyTarget, bias, right, hint, attributes));
        var result = op.result(description, OpBuilder.DIFF_WEIGHTS, place, target);
        op.step(
                description,
                op.input(description, OpBuilder.DIFF_DESTINATION, dy, gradient),
                op.input(description, OpBuilder.SOURCE, rows, source),
                result,
                db == null ? null : op.result(description, OpBuilder.DIFF_BIAS, db, bias));
        op.finish(result, place, target);
        if (foreign(dw)) {
            op.fromPlain(place, dw);
        }
    }

    /** Whether the gradient is that of many rows with few features each. */
    private boolean tall() {
        return !narrow()
                && SmallProduct.suitsTall(
                        shape.n(), shape.f(), shape.o(), op.team().threads());
    }

    private long backwardWeights(long source, long target, long bias, long gradient, long hint, long attributes) {
        return op.keep(DnnlFunction.INNER_PRODUCT_BACKWARD_WEIGHTS.tryCreate(
                op.engine(), source, target, bias, gradient, hint, attributes));
    }

    private boolean narrow() {
        return type != ElementType.F32;
    }

    /** Rows of features in an order, as what is multiplied. */
    private long operand(FeatureOrder order, long rows) {
        return descriptors.plain(type, rows, order.stored());
    }

    /** Weights as what is multiplied, in whatever layout is best. */
    private long anyWeights(FeatureOrder order) {
        return descriptors.any(type, shape.o(), order.stored());
    }

    /** Whether weights lie in a layout that a convolution has chosen for them. */
    private static boolean foreign(Tensor weights) {
        return ByteProduct.home(weights) != null
                || weights.layout() instanceof NativeLayout layout && layout.dims().length != MATRIX_RANK;
    }

    /** The feature order of weights. */
    private FeatureOrder order(Tensor weights) {
        return weights.layout() instanceof RowsLayout rows ? rows.order() : FeatureOrder.plain(shape.f());
    }

    /** The order of x itself, if it is known and does not waste much. */
    private FeatureOrder bestOrder(Tensor x) {
        return FeatureOrder.of(x, descriptors)
                .filter(order -> order.stored() <= MOST_PADDING * order.features())
                .orElse(FeatureOrder.plain(shape.f()));
    }

    /** The descriptor of weights as a matrix [o, stored features]. */
    private long matrix(Tensor weights, FeatureOrder order) {
        Layout layout = weights.layout() instanceof RowsLayout rows ? rows.packed() : weights.layout();
        return descriptors.of(layout, ElementType.F32, shape.o(), order.stored());
    }

    /** x in an order: itself, or a reordered copy inside the op. */
    private Tensor rows(Tensor x, FeatureOrder order) {
        var own = FeatureOrder.of(x, descriptors);
        if (own.equals(Optional.of(order))) {
            op.clearPadding(x);
            return x;
        }
        if (order.plain()) {
            return op.plainCopy(x);
        }
        var plain = x.plain() ? x : op.plainCopy(x);
        var copy = op.rowsScratch(shape.n(), order.stored());
        op.reorder(
                order.plainDescriptor(descriptors, shape.n()), plain, order.descriptor(descriptors, shape.n()), copy);
        return copy;
    }

    /** Copies rows in an order into a tensor in another one. */
    private void toTensor(Tensor rows, FeatureOrder order, Tensor tensor) {
        if (order.plain()) {
            op.fromPlain(rows, tensor);
            return;
        }
        var plain = tensor.plain() ? tensor : op.plainScratch(tensor);
        op.reorder(
                order.descriptor(descriptors, shape.n()), rows, order.plainDescriptor(descriptors, shape.n()), plain);
        if (!tensor.plain()) {
            op.fromPlain(plain, tensor);
        }
    }
}
