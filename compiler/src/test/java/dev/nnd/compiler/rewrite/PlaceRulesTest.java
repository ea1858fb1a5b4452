package dev.nnd.compiler.rewrite;

import static dev.nnd.compiler.rewrite.RuleCase.count;
import static dev.nnd.compiler.rewrite.RuleCase.doesNotFire;
import static dev.nnd.compiler.rewrite.RuleCase.fires;
import static dev.nnd.compiler.rewrite.RuleCase.graph;
import static dev.nnd.compiler.rewrite.RuleCase.input;
import static dev.nnd.compiler.rewrite.RuleCase.parameter;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.ir.Function;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** The rules that compute one position where one is used. */
class PlaceRulesTest {

    private static final Dim N = Dim.variable("N");

    /** One entry of an axis, the second. */
    static Value one(GraphBuilder to, Value x, int axis) {
        var start = new ArrayList<>(Collections.nCopies(x.type().rank(), Dim.ZERO));
        var dims = new ArrayList<>(x.type().dims());
        start.set(axis, Dim.ONE);
        dims.set(axis, Dim.ONE);
        return to.apply(new Op.Slice(start, Collections.nCopies(x.type().rank(), 1), dims), x);
    }

    private static Value x(GraphBuilder to) {
        return input(to, "x", "N", 5, 6);
    }

    /** A dense layer over the last axis of [N, 5, 6]. */
    static Value dense(GraphBuilder to, Value x, int features) {
        Value rows = to.reshape(x, List.of(N.times(Dim.of(5)), Dim.of(6)));
        Value w = parameter(to, "w", features, 6);
        Value product = to.apply(new Op.InnerProduct(false, false), rows, w);
        return to.reshape(product, List.of(N, Dim.of(5), Dim.of(features)));
    }

    private static Graph of(int axis, BiFunction<GraphBuilder, Value, Value> body) {
        return graph(to -> one(to, body.apply(to, x(to)), axis));
    }

    @Test
    void opsOfOtherAxesMoveBehind() {
        var rule = new PlaceBeforeRows();
        fires(rule, 1, of(1, (to, x) -> to.unary(Op.UnaryFunction.TANH, x)));
        fires(rule, 1, of(1, (to, x) -> to.multiply(x, input(to, "b", 6))));
        fires(rule, 1, of(1, (to, x) -> to.multiply(x, input(to, "b", "N", 1, 6))));
        fires(rule, 1, of(1, (to, x) -> to.multiply(x, input(to, "b", 5, 1))));
        fires(
                rule,
                2,
                of(
                        1,
                        (to, x) -> to.select(
                                to.compare(Op.Comparison.LESS, x, input(to, "b", 6)), x, to.constant(2, DType.F32))));
        fires(rule, 1, of(1, (to, x) -> to.apply(new Op.Softmax(), x)));
        fires(rule, 1, of(2, (to, x) -> to.transpose(x, List.of(0, 2, 1))));
        fires(rule, 1, of(1, (to, x) -> to.reduceSum(x, List.of(2), true)));
        fires(rule, 1, of(1, (to, x) -> to.reduceSum(x, List.of(0), true)));
        fires(rule, 1, of(0, (to, x) -> to.reduceSum(x, List.of(0), false)));
        fires(rule, 1, of(1, (to, x) -> to.reduceSum(x, List.of(1), false)));
        fires(rule, 1, of(1, (to, x) -> to.reshape(x, List.of(N, Dim.of(5), Dim.of(2), Dim.of(3)))));
        fires(rule, 1, of(2, (to, x) -> to.broadcast(input(to, "b", 1, 6), List.of(Dim.of(4), Dim.of(5), Dim.of(6)))));
    }

    @Test
    void opsAlongTheAxisStay() {
        var rule = new PlaceBeforeRows();
        doesNotFire(rule, of(2, (to, x) -> to.apply(new Op.Softmax(), x)));
        doesNotFire(rule, of(1, (to, x) -> to.reshape(x, List.of(N, Dim.of(6), Dim.of(5)))));
        doesNotFire(rule, of(2, (to, x) -> to.reshape(x, List.of(N, Dim.of(5), Dim.of(2), Dim.of(3)))));
        doesNotFire(rule, of(1, (to, x) -> to.apply(new Op.Cumulate(Op.CumulateFunction.SUM, 1, false, false), x)));
    }

    @Test
    void whatIsUsedBesidesStays() {
        doesNotFire(new PlaceBeforeRows(), graph(to -> {
            Value y = to.unary(Op.UnaryFunction.TANH, x(to));
            return to.multiply(one(to, y, 1), y);
        }));
        doesNotFire(new PlaceBeforeProduct(), graph(to -> {
            Value y = dense(to, x(to), 3);
            return to.multiply(one(to, y, 1), y);
        }));
    }

    @Test
    void severalEntriesStay() {
        doesNotFire(new PlaceBeforeRows(), graph(to -> {
            Value y = to.unary(Op.UnaryFunction.TANH, x(to));
            List<Dim> dims = List.of(N, Dim.of(2), Dim.of(6));
            return to.apply(new Op.Slice(List.of(Dim.ZERO, Dim.ONE, Dim.ZERO), List.of(1, 1, 1), dims), y);
        }));
    }

    @Test
    void productsAreOfOnePosition() {
        Graph after = fires(new PlaceBeforeProduct(), 1, graph(to -> one(to, dense(to, x(to), 3), 1)));
        assertEquals(1, count(after, Op.Slice.class));
        Value product = after.nodes().stream()
                .filter(n -> n.op() instanceof Op.InnerProduct)
                .findFirst()
                .orElseThrow()
                .output();
        assertEquals(List.of(N, Dim.of(3)), product.type().dims());
        doesNotFire(new PlaceBeforeProduct(), graph(to -> one(to, dense(to, x(to), 3), 2)));
    }

    @Test
    void headsAreOfOnePosition() {
        Graph heads = graph(to -> {
            Value q = input(to, "q", "N", 5, 2, 3);
            Value k = input(to, "k", "N", 4, 2, 3);
            Value v = input(to, "v", "N", 4, 2, 3);
            List<Integer> order = List.of(0, 2, 1, 3);
            Value scores = to.apply(new Op.MatMul(false, true, order, order, List.of()), q, k);
            Value taken = to.apply(new Op.MatMul(false, false, List.of(), order, order), scores, v);
            return one(to, taken, 1);
        });
        fires(new PlaceBeforeProduct(), 2, heads);
        fires(
                new PlaceBeforeProduct(),
                1,
                graph(to -> one(to, to.matMul(input(to, "a", "N", 3, 4), input(to, "b", "N", 3, 2), true, false), 1)));
        doesNotFire(
                new PlaceBeforeProduct(),
                graph(to -> one(to, to.matMul(input(to, "a", "N", 3, 4), input(to, "b", "N", 4, 2), false, false), 2)));
    }

    private static Value mixed(GraphBuilder to, Value x) {
        return to.apply(new Op.Cumulate(Op.CumulateFunction.SUM, 1, false, false), x);
    }

    /** Two layers of one function with a residual: the second has no more than one position. */
    static Value layers(GraphBuilder to) {
        GraphBuilder body = RuleCase.builder();
        Value x = body.input(Port.Role.INPUT, "x", new TensorType(DType.F32, List.of(N, Dim.of(5), Dim.of(6))));
        body.output(Port.Role.OUTPUT, "y", body.add(x, dense(body, mixed(body, x), 6)));
        var layer = new Op.Call(new Function(body.build()));
        Value w = parameter(to, "w", 6, 6);
        return one(to, to.apply(layer, to.apply(layer, x(to), w), w), 1);
    }

    @Test
    void theLastOfSomeLayersIsOfOnePosition() {
        Graph before = graph(PlaceRulesTest::layers);
        Graph after = Passes.beforeAutodiff(before);
        RuleCase.sameValues(before, after, RuleCase.SIZES, Seed.fresh());
        // Both are called once now, so they are calls no more.
        assertEquals(0, count(after, Op.Call.class));
        assertEquals(
                List.of(N.times(Dim.of(5)), N),
                after.nodes().stream()
                        .filter(n -> n.op() instanceof Op.InnerProduct)
                        .map(n -> n.output().type().dim(0))
                        .toList());
    }
}
