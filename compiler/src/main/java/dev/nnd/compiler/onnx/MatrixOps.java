package dev.nnd.compiler.onnx;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Products of matrices. */
final class MatrixOps {

    private static final int LARGEST_DETERMINANT = 8;

    private MatrixOps() {}

    static void add(Map<String, Rule> table) {
        Rule.one(table, "MatMul", MatrixOps::matmul);
        Rule.one(table, "Gemm", MatrixOps::gemm);
        Rule.one(table, "Einsum", MatrixOps::einsum);
        Rule.one(table, "Det", MatrixOps::determinant);
    }

    private static Value matmul(NodeCall c) {
        Value a = c.in(0);
        Value b = c.in(1);
        if (Layers.isWeight(b, 2)
                && a instanceof Value.Computed
                && a.type().rank() >= 1
                && a.type().dtype() == DType.F32) {
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

    static Value gemm(NodeCall c) {
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
        int arrow = equation.indexOf("->");
        String[] left = (arrow < 0 ? equation : equation.substring(0, arrow)).split(",", -1);
        String right = arrow < 0 ? implied(String.join(",", left)) : equation.substring(arrow + 2);
        List<Value> all = new ArrayList<>(c.all());
        if (left.length != all.size()) {
            throw new OnnxProblem("its equation has " + left.length + " operands, the node has " + all.size());
        }
        int batch = 0;
        for (int i = 0; i < left.length; i++) {
            batch = Math.max(batch, left[i].contains("...") ? all.get(i).type().rank() - left[i].length() + 3 : 0);
        }
        var sides = new ArrayList<String>();
        for (int i = 0; i < left.length; i++) {
            int own = all.get(i).type().rank() - left[i].length() + 3;
            String side = left[i].replace("...", left[i].contains("...") ? letters(batch - own, batch) : "");
            side = diagonals(c, all, i, side);
            sides.add(String.join(" ", side.split("")));
        }
        String result = right.replace("...", letters(0, batch));
        if (all.size() == 1 && sides.getFirst().equals(String.join(" ", result.split("")))) {
            return all.getFirst();
        }
        String slots = String.join(", ", all.stream().map(v -> "{}").toList());
        if (result.isEmpty()) {
            // The language names what is left; a scalar is the sum over one more axis.
            String first = sides.getFirst().substring(0, 1);
            Value rows = c.emit(
                    "(" + slots + ") -> einsum[" + String.join(", ", sides) + " -> " + first + "]", all.toArray());
            return c.emit("{} -> sum", rows);
        }
        String spaced = String.join(" ", result.split(""));
        return c.emit("(" + slots + ") -> einsum[" + String.join(", ", sides) + " -> " + spaced + "]", all.toArray());
    }

    /** Names for the axes that the dots stand for, the last ones if there are fewer. */
    private static String letters(int from, int to) {
        var names = new StringBuilder();
        for (int i = from; i < to; i++) {
            names.append((char) ('Z' - (to - 1 - i)));
        }
        return names.toString();
    }

    /** An axis that is named twice in one operand is its diagonal. */
    private static String diagonals(NodeCall c, List<Value> all, int operand, String side) {
        String names = side;
        for (int i = 0; i < names.length(); i++) {
            int other = names.indexOf(names.charAt(i), i + 1);
            if (other < 0) {
                continue;
            }
            var order = new ArrayList<Integer>();
            var rest = new StringBuilder();
            for (int axis = 0; axis < names.length(); axis++) {
                if (axis != i && axis != other) {
                    order.add(axis);
                    rest.append(names.charAt(axis));
                }
            }
            order.add(i);
            order.add(other);
            all.set(operand, c.emit("{} -> diagonal", c.transpose(all.get(operand), order)));
            names = rest.append(names.charAt(i)).toString();
            i = -1;
        }
        return names;
    }

    /** Without an arrow the names that stand once are kept, in alphabetical order. */
    private static String implied(String left) {
        String letters = left.replace(",", "").replace(".", "");
        String dots = left.contains("...") ? "..." : "";
        return dots
                + letters.chars()
                        .filter(l -> letters.indexOf(l) == letters.lastIndexOf(l))
                        .sorted()
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
    }

    /** By the first row, for the small matrices that it is used on. */
    private static Value determinant(NodeCall c) {
        Value x = c.in(0);
        int rank = x.type().rank();
        long n = GraphWalk.constants(List.of(x.type().dim(-1))).getFirst();
        if (n > LARGEST_DETERMINANT) {
            throw new OnnxProblem(
                    "determinants of up to " + LARGEST_DETERMINANT + " rows are supported, its input is " + x.type());
        }
        var columns = new ArrayList<Long>(Shapes.upTo((int) n));
        return determinant(c, x, ":, ".repeat(rank - 2), 0, columns, new HashMap<>());
    }

    /** Minors are shared: those of the same rows and columns are computed once. */
    private static Value determinant(
            NodeCall c, Value x, String lead, int row, List<Long> columns, Map<List<Long>, Value> minors) {
        Value before = minors.get(columns);
        if (before != null) {
            return before;
        }
        if (columns.size() == 1) {
            return c.emit("{}[{}{}, {}]", x, lead, row, columns.getFirst());
        }
        Value sum = null;
        for (int i = 0; i < columns.size(); i++) {
            var rest = new ArrayList<>(columns);
            rest.remove(i);
            Value minor = determinant(c, x, lead, row + 1, rest, minors);
            Value term = c.emit("{}[{}{}, {}] * {}", x, lead, row, columns.get(i), minor);
            sum = sum == null ? term : c.emit("{} " + (i % 2 == 0 ? "+" : "-") + " {}", sum, term);
        }
        Value made = sum == null ? x : sum;
        minors.put(columns, made);
        return made;
    }
}
