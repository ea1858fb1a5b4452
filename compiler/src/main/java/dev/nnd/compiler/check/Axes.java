package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The {@code axis} argument of built-in functions. */
final class Axes {

    private Axes() {}

    /** The axis written, or the last one. */
    static Optional<Integer> last(BuiltinCall call, Val.Tensor x) {
        if (x.type().rank() == 0) {
            call.fail(x.trace()
                    .mark(call.error("NND0301", "`" + call.name() + "` needs an axis to work along, got " + x.type())));
            return Optional.empty();
        }
        return call.has("axis") ? written(call, x) : Optional.of(x.type().rank() - 1);
    }

    /** The axis written; it can be left out if there is only one. */
    static Optional<Integer> needed(BuiltinCall call, Val.Tensor x) {
        if (call.has("axis")) {
            return written(call, x);
        }
        if (x.type().rank() != 1) {
            call.fail(x.trace()
                    .mark(call.error(
                            "NND0202",
                            "`" + call.name() + "` needs `axis` for a value of "
                                    + x.type().rank() + " dims, " + x.type()))
                    .help("say which, such as `axis: 1`; -1 is the last"));
            return Optional.empty();
        }
        return Optional.of(0);
    }

    private static Optional<Integer> written(BuiltinCall call, Val.Tensor x) {
        Optional<Dim> axis = call.dim("axis");
        return axis.flatMap(a -> ShapeRules.axis(call.c(), a, x, call.span("axis")));
    }

    /** One axis or a list of them, in the order written. */
    static Optional<List<Integer>> several(BuiltinCall call, Val.Tensor x) {
        Optional<List<Constant>> written = call.ints("axis");
        if (written.isEmpty()) {
            return Optional.empty();
        }
        var axes = new ArrayList<Integer>();
        for (Constant item : written.get()) {
            Optional<Integer> axis = ShapeRules.axis(call.c(), ((Constant.Int) item).value(), x, call.span("axis"));
            if (axis.isEmpty()) {
                return Optional.empty();
            }
            if (axes.contains(axis.get())) {
                call.fail(Diagnostic.error("NND0204", call.span("axis"), "the axis " + axis.get() + " is given twice"));
                return Optional.empty();
            }
            axes.add(axis.get());
        }
        return Optional.of(axes);
    }

    /** A type with another size of one axis. */
    static TensorType with(TensorType type, int axis, Dim size) {
        var dims = new ArrayList<>(type.dims());
        dims.set(axis, size);
        return type.withDims(dims);
    }

    /** An axis among constants. */
    static Constant constant(int axis) {
        return new Constant.Int(Dim.of(axis));
    }
}
