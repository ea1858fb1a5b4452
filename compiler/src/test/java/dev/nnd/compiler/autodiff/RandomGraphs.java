package dev.nnd.compiler.autodiff;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Small random graphs of smooth ops whose values stay near zero, so that finite differences are good. */
final class RandomGraphs {

    private static final List<UnaryFunction> BOUNDED =
            List.of(UnaryFunction.TANH, UnaryFunction.SIGMOID, UnaryFunction.SIN, UnaryFunction.COS, UnaryFunction.ERF);

    private RandomGraphs() {}

    static Graph build(GradientCheck check) {
        GraphBuilder b = check.graph;
        Dim n = check.free("N", 4); // square, so that any two values also have a matrix product
        var pool = new ArrayList<Value>();
        pool.add(check.parameter(check.between(-1, 1), n, n));
        pool.add(check.parameter(check.between(-1, 1), Dim.ONE, n));
        pool.add(check.parameter(check.between(-1, 1), n, Dim.ONE));
        pool.add(check.parameter(check.between(-1, 1)));
        pool.add(check.parameter(check.between(-1, 1), n));
        for (int i = 0; i < 12; i++) {
            Value a = pool.get(check.random.nextInt(pool.size()));
            Value c = pool.get(check.random.nextInt(pool.size()));
            Value made = step(check, b, a, c, n);
            pool.add(b.unary(BOUNDED.get(check.random.nextInt(BOUNDED.size())), made));
        }
        Value last = b.add(pool.getLast(), pool.get(pool.size() - 2));
        List<Integer> axes = IntStream.range(0, last.type().rank()).boxed().toList();
        b.output(Port.Role.LOSS, "loss", b.reduce(ReduceFunction.MEAN, last, axes, false));
        return b.build();
    }

    private static Value step(GradientCheck check, GraphBuilder b, Value a, Value c, Dim n) {
        List<Dim> square = List.of(n, n);
        return switch (check.random.nextInt(8)) {
            case 0 -> b.add(a, c);
            case 1 -> b.subtract(a, c);
            case 2 -> b.multiply(a, c);
            case 3 -> b.matMul(b.broadcast(a, square), b.broadcast(c, square), check.random.nextBoolean(), false);
            case 4 -> b.apply(new Op.Softmax(), b.broadcast(a, square));
            case 5 -> b.reduce(ReduceFunction.MEAN, b.broadcast(a, square), List.of(check.random.nextInt(2)), true);
            case 6 -> b.transpose(b.broadcast(b.multiply(a, a), square), List.of(1, 0));
            default -> b.binary(BinaryFunction.DIVIDE, a, b.unary(UnaryFunction.EXP, c));
        };
    }
}
