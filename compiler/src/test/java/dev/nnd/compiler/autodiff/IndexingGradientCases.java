package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.CumulateFunction;
import dev.nnd.compiler.ir.Op.ScatterMode;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/** Functions of ops that work by place along axes, for {@link GradientCases}. */
final class IndexingGradientCases {

    private IndexingGradientCases() {}

    static List<GradientCases.Case> all() {
        var cases = new ArrayList<GradientCases.Case>();
        cases.add(new GradientCases.Case("slice", IndexingGradientCases::slice));
        cases.add(new GradientCases.Case("pad", IndexingGradientCases::pad));
        cases.add(new GradientCases.Case("concat", IndexingGradientCases::concat));
        for (boolean each : new boolean[] {false, true}) {
            cases.add(new GradientCases.Case("gather, each " + each, check -> gather(check, each)));
            for (ScatterMode mode : ScatterMode.values()) {
                String name = "scatter " + mode + ", each " + each;
                cases.add(new GradientCases.Case(name, check -> scatter(check, mode, each)));
            }
        }
        for (CumulateFunction function : CumulateFunction.values()) {
            cases.add(new GradientCases.Case("cumulate " + function, check -> cumulate(check, function)));
        }
        cases.add(new GradientCases.Case("cumulative product of zeros", IndexingGradientCases::zeros));
        cases.add(new GradientCases.Case("recurrence", IndexingGradientCases::recurrence));
        cases.add(new GradientCases.Case("sort", IndexingGradientCases::sort));
        return cases;
    }

    private static Value slice(GradientCheck check) {
        var dims = new ArrayList<Dim>();
        var start = new ArrayList<Dim>();
        var step = new ArrayList<Integer>();
        var taken = new ArrayList<Dim>();
        for (int axis = 0; axis < 3; axis++) {
            int size = check.size(4);
            int stride = check.size(2);
            int first = check.random.nextInt(2);
            int rest = check.random.nextInt(2);
            boolean back = check.random.nextBoolean();
            Dim count = check.free("S" + axis, size);
            dims.add(count.minus(Dim.ONE).times(stride).plus(Dim.of(1 + first + rest)));
            start.add(back ? count.minus(Dim.ONE).times(stride).plus(Dim.of(first)) : Dim.of(first));
            step.add(back ? -stride : stride);
            taken.add(count);
        }
        Value x = check.parameter(check.between(-1, 1), dims.toArray(Dim[]::new));
        return check.graph.apply(new Op.Slice(start, step, taken), x);
    }

    private static Value pad(GradientCheck check) {
        Dim n = check.free("N", check.size(4));
        Value x = check.parameter(check.between(-1, 1), n, Dim.of(check.size(4)));
        List<Dim> low = List.of(Dim.of(check.size(3) - 1), n);
        List<Dim> high = List.of(Dim.ZERO, Dim.of(check.size(3)));
        List<Integer> between = List.of(check.size(3) - 1, check.size(2) - 1);
        return check.graph.apply(new Op.Pad(low, high, between, 0.5), x);
    }

    private static Value concat(GradientCheck check) {
        Dim n = check.free("N", check.size(4));
        Dim other = Dim.of(check.size(3));
        Value a = check.parameter(check.between(-1, 1), Dim.of(2), n, other);
        Value b = check.parameter(check.between(-1, 1), Dim.of(2), Dim.of(check.size(3)), other);
        return check.graph
                .applyAll("joined", new Op.Concat(1), List.of(a, b, a))
                .getFirst();
    }

    private static Value index(GradientCheck check, int limit, Dim... dims) {
        DType dtype = check.random.nextBoolean() ? DType.I32 : DType.I64;
        return check.input("index", () -> check.random.nextInt(limit), TensorType.of(dtype, dims));
    }

    private static Value gather(GradientCheck check, boolean each) {
        Dim n = check.free("N", check.size(3));
        Dim other = Dim.of(check.size(3));
        Value x = check.parameter(check.between(-1, 1), n, Dim.of(4), other);
        Dim picked = Dim.of(check.size(6));
        Value at = each ? index(check, 4, n, picked, other) : index(check, 4, picked, n);
        return check.graph.apply(new Op.Gather(1, each), x, at);
    }

    private static Value scatter(GradientCheck check, ScatterMode mode, boolean each) {
        Dim n = check.free("N", check.size(3));
        Dim other = Dim.of(check.size(2));
        DoubleSupplier values = switch (mode) {
            case SET, ADD -> check.between(-1, 1);
            case MULTIPLY -> check.awayFromZero(0.5, 1.5);
            case MAX, MIN -> check.distinct();
        };
        List<Dim> dims = List.of(n, Dim.of(3), other);
        Value base =
                check.random.nextInt(3) == 0 ? check.parameter(values) : check.parameter(values, n, Dim.of(3), other);
        Dim picked = Dim.of(check.size(6));
        Value at = each ? index(check, 3, n, picked, other) : index(check, 3, picked);
        Value updates = check.parameter(values, n, picked, other);
        return check.graph.apply(new Op.Scatter(1, each, mode, dims), base, at, updates);
    }

    private static Value cumulate(GradientCheck check, CumulateFunction function) {
        Dim n = check.free("N", check.size(5));
        boolean extreme = function == CumulateFunction.MAX || function == CumulateFunction.MIN;
        DoubleSupplier values = extreme ? check.distinct() : check.between(-2, 2);
        Value x = check.parameter(values, Dim.of(check.size(3)), n, Dim.of(check.size(3)));
        boolean exclusive = !extreme && check.random.nextBoolean();
        return check.graph.apply(new Op.Cumulate(function, 1, exclusive, check.random.nextBoolean()), x);
    }

    private static Value zeros(GradientCheck check) {
        Value x = check.parameter(() -> check.random.nextInt(3) - 1, Dim.of(2), check.free("N", check.size(5)));
        return check.graph.apply(
                new Op.Cumulate(CumulateFunction.PRODUCT, 1, check.random.nextBoolean(), check.random.nextBoolean()),
                x);
    }

    private static Value recurrence(GradientCheck check) {
        Dim n = check.free("N", check.size(5));
        Value factor = check.parameter(check.between(-1, 1), Dim.of(2), n, Dim.of(check.size(2)));
        Value term = check.parameter(check.between(-1, 1), factor.type());
        return check.graph.apply(new Op.Recurrence(1, check.random.nextBoolean()), factor, term);
    }

    private static Value sort(GradientCheck check) {
        Dim n = check.free("N", check.size(3));
        int size = check.size(5);
        Value x = check.parameter(check.distinct(), n, Dim.of(size), Dim.of(check.size(2)));
        return check.graph.apply(new Op.Sort(1, check.random.nextBoolean(), Dim.of(check.size(size))), x);
    }
}
