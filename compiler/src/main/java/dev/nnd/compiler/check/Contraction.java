package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * {@code einsum[n t d, d e -> n t e]} of as many values as there are operands: axes of one name are multiplied
 * together, and those that the result leaves out are summed. It becomes transposes, sums and products of matrices, two
 * operands at a time from the left.
 */
final class Contraction {

    /** A value and the names of its axes. */
    private record Operand(Val.Tensor value, List<String> axes) {

        Dim size(String axis) {
            return value.type().dim(axes.indexOf(axis));
        }
    }

    /** Where an axis got its size. */
    private record Named(Dim size, int operand, Val.Tensor value) {}

    private final Checking c;
    private final Bounds bounds;
    private final Map<String, Named> sizes = new LinkedHashMap<>();
    private int restRank = -1;

    Contraction(Checking c) {
        this.c = c;
        this.bounds = new Bounds(c);
    }

    Val einsum(Expr.Einsum written, List<Arguments.Given> values, Env env) {
        if (values.stream().anyMatch(v -> v.value() instanceof Val.Poison)) {
            return Val.POISON;
        }
        int wanted = written.operands().size();
        if (values.size() != wanted) {
            return c.fail(Diagnostic.error(
                            "NND0359",
                            written.span(),
                            "the pattern of `einsum` has " + wanted + (wanted == 1 ? " operand" : " operands")
                                    + ", got " + values.size() + (values.size() == 1 ? " value" : " values"))
                    .help("hand them over in order: `(a, b) -> einsum[n d, d e -> n e]`"));
        }
        var operands = new ArrayList<Operand>();
        for (int i = 0; i < wanted; i++) {
            Optional<Operand> operand = operand(written, i, values.get(i), env);
            if (operand.isEmpty()) {
                return Val.POISON;
            }
            operands.add(operand.get());
        }
        Optional<List<String>> result = result(written);
        return result.isPresent() && dtypes(operands, written)
                ? contract(operands, result.get(), new At(written.span(), env))
                : Val.POISON;
    }

    private Optional<Operand> operand(Expr.Einsum written, int number, Arguments.Given given, Env env) {
        List<Expr.Axis> pattern = written.operands().get(number);
        if (!(given.value() instanceof Val.Tensor x)) {
            Diagnostic error = Diagnostic.error(
                    "NND0205", given.span(), "`einsum[...]` takes tensors, got " + Val.describe(given.value()));
            c.report(given.value() instanceof Val.Outputs o ? Arithmetic.several(error, o) : error);
            return Optional.empty();
        }
        if (letters(pattern, x, written)) {
            return Optional.empty();
        }
        Optional<List<String>> axes = axes(pattern, x.type().rank());
        if (axes.isEmpty()) {
            return Optional.empty();
        }
        if (axes.get().size() != x.type().rank()) {
            Span span = pattern.getFirst().span().to(pattern.getLast().span());
            c.report(x.trace()
                    .mark(Diagnostic.error(
                            "NND0355",
                            span,
                            "operand " + (number + 1) + " of `einsum` has "
                                    + axes.get().size()
                                    + (axes.get().size() == 1 ? " axis" : " axes") + " in the pattern, but it is "
                                    + x.type())));
            return Optional.empty();
        }
        return sizes(axes.get(), x, number, pattern, env) ? Optional.of(new Operand(x, axes.get())) : Optional.empty();
    }

    /** NumPy's form, {@code bhid,bhjd->bhij}, has one letter for each axis. */
    private boolean letters(List<Expr.Axis> pattern, Val.Tensor x, Expr.Einsum written) {
        boolean word = pattern.size() == 1
                && x.type().rank() > 1
                && pattern.getFirst().parts().size() == 1
                && pattern.getFirst().parts().getFirst() instanceof Expr.Name n
                && n.name().length() == x.type().rank();
        if (word) {
            String text = written.span().text();
            String inside = text.substring(text.indexOf('[') + 1, text.lastIndexOf(']'));
            String spaced = inside.replaceAll("(?<=[A-Za-z])(?=[A-Za-z])", " ");
            c.report(Diagnostic.error(
                            "NND0355",
                            pattern.getFirst().span(),
                            "`" + pattern.getFirst().span().text() + "` is the name of one axis, but the operand is "
                                    + x.type())
                    .help("put a space between axes: `einsum[" + spaced + "]`")
                    .fix(written.span(), "einsum[" + spaced + "]"));
        }
        return word;
    }

    private Optional<List<String>> axes(List<Expr.Axis> pattern, int rank) {
        var axes = new ArrayList<String>();
        for (Expr.Axis axis : pattern) {
            if (axis.group()) {
                c.report(Diagnostic.error("NND0359", axis.span(), "`einsum` neither splits nor joins axes")
                        .help("do that with `rearrange[...]` before or after it"));
                return Optional.empty();
            }
            Expr part = axis.parts().getFirst();
            if (part instanceof Expr.Ellipsis) {
                int stands = Math.max(0, rank - (pattern.size() - 1));
                if (restRank >= 0 && restRank != stands) {
                    c.report(Diagnostic.error(
                            "NND0355",
                            axis.span(),
                            "`...` stands for " + restRank + " axes in one operand and for " + stands + " in another"));
                    return Optional.empty();
                }
                restRank = stands;
                IntStream.range(0, restRank).forEach(i -> axes.add("..." + i));
            } else if (axes.contains(part.span().text())) {
                c.report(Diagnostic.error(
                                "NND0356",
                                part.span(),
                                "the axis `" + part.span().text() + "` is named twice in one operand")
                        .help("`diagonal(x)` takes the diagonal of a square matrix"));
                return Optional.empty();
            } else {
                axes.add(part.span().text());
            }
        }
        return Optional.of(axes);
    }

    private boolean sizes(List<String> axes, Val.Tensor x, int number, List<Expr.Axis> pattern, Env env) {
        for (int i = 0; i < axes.size(); i++) {
            String axis = axes.get(i);
            Dim size = x.type().dim(i);
            Named before = sizes.putIfAbsent(axis, new Named(size, number, x));
            Optional<Dim> known = env.scope()
                    .find(axis)
                    .map(Scope.Entry::value)
                    .flatMap(v -> v instanceof Val.Const(Constant.Int(Dim d)) ? Optional.of(d) : Optional.empty());
            Span span = pattern.get(Math.min(i, pattern.size() - 1)).span();
            String name = axis.startsWith("...") ? "..." : axis;
            if (before != null && !bounds.equal(before.size(), size)) {
                Diagnostic error = Diagnostic.error(
                        "NND0358",
                        span,
                        "the axis `" + name + "` of `einsum` is " + before.size() + " in operand "
                                + (before.operand() + 1) + ", " + before.value().type() + ", and " + size
                                + " in operand " + (number + 1) + ", " + x.type());
                c.report(c.dims().unequal(x.trace().mark(before.value().trace().mark(error)), before.size(), size));
                return false;
            }
            if (known.isPresent() && !bounds.equal(known.get(), size)) {
                Diagnostic error = Diagnostic.error(
                        "NND0358",
                        span,
                        "the axis `" + name + "` is " + known.get() + " here, but dim " + i + " of " + x.type() + " is "
                                + size);
                c.report(c.dims().unequal(x.trace().mark(error), known.get(), size));
                return false;
            }
        }
        return true;
    }

    private Optional<List<String>> result(Expr.Einsum written) {
        Optional<List<String>> axes =
                axes(written.result(), Math.max(restRank, 0) + written.result().size() - 1);
        if (axes.isEmpty()) {
            return axes;
        }
        for (Expr.Axis axis : written.result()) {
            Expr part = axis.parts().getFirst();
            String name = part.span().text();
            if (part instanceof Expr.Ellipsis ? restRank < 0 : !sizes.containsKey(name)) {
                Diagnostic error = Diagnostic.error("NND0357", part.span(), "no operand has an axis `" + name + "`");
                c.report(Expressions.suggest(error, part.span(), Nearest.to(name, sizes.keySet())));
                return Optional.empty();
            }
        }
        return axes;
    }

    private boolean dtypes(List<Operand> operands, Expr.Einsum written) {
        TensorType first = operands.getFirst().value().type();
        for (Operand operand : operands) {
            TensorType type = operand.value().type();
            if (type.dtype() != first.dtype() || !type.dtype().isFloat()) {
                c.report(operand.value()
                        .trace()
                        .mark(Diagnostic.error(
                                "NND0305",
                                written.span(),
                                "`einsum` needs one float dtype for all operands, got " + first + " and " + type)));
                return false;
            }
        }
        return true;
    }

    private Val contract(List<Operand> operands, List<String> result, At at) {
        Operand made = operands.getFirst();
        for (int i = 1; i < operands.size(); i++) {
            var later = new HashSet<>(result);
            operands.subList(i + 1, operands.size()).forEach(o -> later.addAll(o.axes()));
            made = product(made, operands.get(i), later, at);
        }
        Operand kept = summed(made, new HashSet<>(result), at);
        List<Integer> permutation =
                result.stream().map(a -> kept.axes().indexOf(a)).toList();
        Val.Tensor value = Rearranging.permuted(c, kept.value(), permutation, at);
        Val.Tensor first = operands.getFirst().value();
        return value.with(c.trace(first, value.type(), at.span(), Optional.empty()));
    }

    /** Sums over the axes that nothing needs any more. */
    private Operand summed(Operand operand, Set<String> needed, At at) {
        List<Integer> axes = IntStream.range(0, operand.axes().size())
                .filter(i -> !needed.contains(operand.axes().get(i)))
                .boxed()
                .toList();
        if (axes.isEmpty()) {
            return operand;
        }
        List<String> kept = operand.axes().stream().filter(needed::contains).toList();
        List<Constant> attributes = List.of(
                TensorIndex.ints(axes.stream().map(i -> Dim.of((long) i)).toList()), new Constant.Bool(false));
        TensorType type =
                operand.value().type().withDims(kept.stream().map(operand::size).toList());
        return new Operand(c.apply(Primitive.SUM, List.of(operand.value()), attributes, type, at), kept);
    }

    /** Two operands: [both, left, inner] x [both, inner, right] to [both, left, right]. */
    private Operand product(Operand a, Operand b, Set<String> later, At at) {
        var ofB = new HashSet<>(later);
        ofB.addAll(a.axes());
        var ofA = new HashSet<>(later);
        ofA.addAll(b.axes());
        Operand left = summed(a, ofA, at);
        Operand right = summed(b, ofB, at);
        List<String> both = left.axes().stream()
                .filter(x -> right.axes().contains(x) && later.contains(x))
                .toList();
        List<String> inner = left.axes().stream()
                .filter(x -> right.axes().contains(x) && !later.contains(x))
                .toList();
        List<String> onlyLeft =
                left.axes().stream().filter(x -> !right.axes().contains(x)).toList();
        List<String> onlyRight =
                right.axes().stream().filter(x -> !left.axes().contains(x)).toList();
        Val.Tensor x = matrices(left, List.of(both, onlyLeft, inner), at);
        Val.Tensor y = matrices(right, List.of(both, inner, onlyRight), at);
        var dims = new ArrayList<>(x.type().dims());
        dims.set(dims.size() - 1, y.type().dim(-1));
        Val.Tensor product =
                c.apply(Primitive.MATMUL, List.of(x, y), List.of(), x.type().withDims(dims), at);
        var axes = new LinkedHashSet<>(both);
        axes.addAll(onlyLeft);
        axes.addAll(onlyRight);
        List<Dim> split = axes.stream().map(n -> sizeOf(n)).toList();
        return new Operand(Reshaping.to(c, product, split, at), List.copyOf(axes));
    }

    private Dim sizeOf(String axis) {
        return Objects.requireNonNull(sizes.get(axis), axis).size();
    }

    /** The axes of an operand in three groups, each joined into one; without shared axes there is no first one. */
    private Val.Tensor matrices(Operand operand, List<List<String>> groups, At at) {
        List<Integer> permutation = groups.stream()
                .flatMap(List::stream)
                .map(a -> operand.axes().indexOf(a))
                .toList();
        Val.Tensor ordered = Rearranging.permuted(c, operand.value(), permutation, at);
        var dims = new ArrayList<Dim>();
        for (int i = groups.getFirst().isEmpty() ? 1 : 0; i < groups.size(); i++) {
            dims.add(Dim.product(groups.get(i).stream().map(n -> sizeOf(n)).toList()));
        }
        return Reshaping.to(c, ordered, dims, at);
    }
}
