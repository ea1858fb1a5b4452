package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Products of matrices. */
final class MatrixOps {

    private MatrixOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "MatMul", MatrixOps::matmul);
        Rule.one(table, "Gemm", MatrixOps::gemm);
        Rule.one(table, "Einsum", MatrixOps::einsum);
        Rule.one(table, "com.microsoft:FusedMatMul", MatrixOps::fused);
    }

    private static Value matmul(NodeCall c) {
        Value a = c.in(0);
        Value b = c.in(1);
        if (Layers.isWeight(b, 2) && a instanceof Value.Computed && a.type().rank() >= 1 && a.type().dtype() == DType.F32) {
            TensorData turned = ((Value.Known) b).data().transposed(List.of(1, 0));
            return Layers.dense(c, a, new Value.Known(b.hint(), turned, true));
        }
        return product(c, a, b);
    }

    /** As NumPy's matmul, also of vectors and of integers. */
    static Value product(NodeCall c, Value a, Value b) {
        DType dtype = a.type().dtype();
        if (!dtype.isFloat()) {
            return c.cast(product(c, c.cast(a, DType.F64), c.cast(b, DType.F64)), dtype);
        }
        boolean row = a.type().rank() == 1;
        boolean column = b.type().rank() == 1;
        Value left = row ? c.reshape(a, Dim.ONE, a.type().dim(0)) : a;
        Value right = column ? c.reshape(b, b.type().dim(0), Dim.ONE) : b;
        Value y = c.emit("matmul({}, {})", left, right);
        var dims = new ArrayList<>(y.type().dims());
        if (column) {
            dims.removeLast();
        }
        if (row) {
            dims.remove(dims.size() - (column ? 1 : 2));
        }
        return c.reshape(y, dims);
    }

    private static Value fused(NodeCall c) {
        Value a = c.integer("transA", 0) == 1 ? c.emit("{} -> transpose", c.in(0)) : c.in(0);
        Value b = c.integer("transB", 0) == 1 ? c.emit("{} -> transpose", c.in(1)) : c.in(1);
        float alpha = c.number("alpha", 1);
        Value y = product(c, a, b);
        return alpha == 1 ? y : c.emit("{} * {}", y, Literals.of(alpha));
    }

    private static Value gemm(NodeCall c) {
        float alpha = c.number("alpha", 1);
        float beta = c.number("beta", 1);
        boolean turned = c.integer("transA", 0) == 1;
        boolean layer = alpha == 1
                && beta == 1
                && !turned
                && Layers.isWeight(c.in(1), 2)
                && c.in(0) instanceof Value.Computed
                && (!c.has(2) || Layers.isWeight(c.in(2), 1));
        boolean turnedB = c.integer("transB", 0) == 1;
        if (layer) {
            Value.Known weight = (Value.Known) c.in(1);
            Value.Known stored = turnedB
                    ? weight
                    : new Value.Known(weight.hint(), weight.data().transposed(List.of(1, 0)), true);
            long out = stored.data().dims().getFirst();
            if (!c.has(2)) {
                return Layers.dense(c, c.in(0), stored);
            }
            Value.Known bias = (Value.Known) c.in(2);
            if (bias.data().size() == out) {
                return Layers.dense(c, c.in(0), stored, bias);
            }
        }
        Value a = turned ? c.emit("{} -> transpose", c.in(0)) : c.in(0);
        Value b = turnedB ? c.transpose(c.in(1), List.of(1, 0)) : c.in(1);
        Value y = c.emit("matmul({}, {})", a, b);
        y = alpha == 1 ? y : c.emit("{} * {}", Literals.of(alpha), y);
        if (!c.has(2) || beta == 0) {
            return y;
        }
        Value bias = beta == 1 ? c.in(2) : c.emit("{} * {}", Literals.of(beta), ElementwiseOps.tensor(c, c.in(2)));
        return ElementwiseOps.operator(c, "+", y, bias);
    }

    private static Value einsum(NodeCall c) {
        String equation = c.word("equation", "").replace(" ", "");
        if (equation.contains(".")) {
            throw new OnnxProblem("an equation with `...` is not supported: " + OnnxReader.shown(equation));
        }
        int arrow = equation.indexOf("->");
        String left = arrow < 0 ? equation : equation.substring(0, arrow);
        String right = arrow < 0 ? implied(left) : equation.substring(arrow + 2);
        var sides = new ArrayList<String>();
        for (String side : left.split(",", -1)) {
            sides.add(String.join(" ", side.split("")));
        }
        List<Value> all = c.all();
        String slots = String.join(", ", all.stream().map(v -> "{}").toList());
        String spaced = String.join(" ", right.split(""));
        return c.emit("(" + slots + ") -> einsum[" + String.join(", ", sides) + " -> " + spaced + "]", all.toArray());
    }

    /** Without an arrow the names that stand once are kept, in alphabetical order. */
    private static String implied(String left) {
        String letters = left.replace(",", "");
        return letters.chars()
                .filter(l -> letters.indexOf(l) == letters.lastIndexOf(l))
                .sorted()
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
