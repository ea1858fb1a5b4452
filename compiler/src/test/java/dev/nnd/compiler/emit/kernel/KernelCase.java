package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.Step;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A kernel body to try.
 *
 * @param positive true if the inputs must be above 0, as for a logarithm
 */
record KernelCase(String name, Step.Kind kind, Graph body, boolean positive) {

    private static final Origin ORIGIN =
            new Origin(new Span(new SourceFile("some/folder/kernels.nnd", "line one\nline two\n"), 9, 12), "", "relu");

    /** What a case builds. */
    interface Body {
        void build(Shorthand g);
    }

    static KernelCase of(String name, Step.Kind kind, Body body) {
        return make(name, kind, body, false);
    }

    static KernelCase positive(String name, Step.Kind kind, Body body) {
        return make(name, kind, body, true);
    }

    private static KernelCase make(String name, Step.Kind kind, Body body, boolean positive) {
        var g = new Shorthand(new GraphBuilder(name).at(ORIGIN));
        body.build(g);
        return new KernelCase(name, kind, g.builder().build(), positive);
    }

    /** Variables of the body's dims, in alphabetical order but rows first. */
    List<String> variables() {
        var names = new TreeSet<String>((a, b) -> {
            int rank = Integer.compare(rank(a), rank(b));
            return rank != 0 ? rank : a.compareTo(b);
        });
        body.inputs().forEach(p -> p.value().type().dims().forEach(d -> names.addAll(d.variables())));
        body.outputs().forEach(p -> p.value().type().dims().forEach(d -> names.addAll(d.variables())));
        body.nodes().forEach(n -> {
            if (n.op() instanceof Op.Size(Dim dim, var _)) {
                names.addAll(dim.variables());
            }
        });
        return List.copyOf(names);
    }

    private static int rank(String variable) {
        return variable.equals("ROWS") ? 0 : 1;
    }

    Step.Kernel step() {
        Map<String, Dim> sizes = new LinkedHashMap<>();
        variables().forEach(v -> sizes.put(v, Dim.variable(v)));
        return new Step.Kernel(name, kind, body, sizes, List.of(), List.of(), ORIGIN);
    }

    /** Graph building in few words. */
    record Shorthand(GraphBuilder builder) {

        Value in(String name, String... dims) {
            return in(DType.F32, name, dims);
        }

        Value in(DType dtype, String name, String... dims) {
            List<Dim> all = List.of(dims).stream()
                    .map(d -> d.equals("1") ? Dim.ONE : Dim.variable(d))
                    .toList();
            return builder.input(Port.Role.INPUT, name, new TensorType(dtype, all));
        }

        Value scalar(String name) {
            return builder.input(Port.Role.SCALAR, name, TensorType.scalar(DType.F64));
        }

        void out(String name, Value value) {
            builder.output(Port.Role.OUTPUT, name, value);
        }

        Value c(double value) {
            return builder.constant(value, DType.F32);
        }

        Value unary(Op.UnaryFunction f, Value x) {
            return builder.unary(f, x);
        }
    }
}
