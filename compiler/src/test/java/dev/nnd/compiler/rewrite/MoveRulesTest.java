package dev.nnd.compiler.rewrite;

import static dev.nnd.compiler.rewrite.RuleCase.builder;
import static dev.nnd.compiler.rewrite.RuleCase.count;
import static dev.nnd.compiler.rewrite.RuleCase.doesNotFire;
import static dev.nnd.compiler.rewrite.RuleCase.fires;
import static dev.nnd.compiler.rewrite.RuleCase.graph;
import static dev.nnd.compiler.rewrite.RuleCase.input;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.SampleGraphs;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules that join, drop and move moves, casts and choices. */
class MoveRulesTest {

    private static final Dim N = Dim.variable("N");

    private static List<Dim> dims(int... sizes) {
        return Arrays.stream(sizes).mapToObj(Dim::of).toList();
    }

    private static Value slice(GraphBuilder to, Value x, List<Dim> start, List<Integer> step, List<Dim> dims) {
        return to.apply(new Op.Slice(start, step, dims), x);
    }

    private static Value pad(GraphBuilder to, Value x, int before, double value) {
        List<Dim> frame = dims(0, before);
        return to.apply(new Op.Pad(frame, frame, List.of(0, 0), value), x);
    }

    /** Two halves side by side, the first of which begins at {@code low}, with as many entries behind the second. */
    static Value padded(GraphBuilder to, Value first, int low, int second) {
        Value other = to.unary(UnaryFunction.TANH, first);
        Op before = new Op.Pad(dims(0, low), dims(0, 4 - low), List.of(0, 0), 0);
        Op behind = new Op.Pad(dims(0, 2 * second), dims(0, 4 - 2 * second), List.of(0, 0), 0);
        Op last = new Op.Pad(dims(0, 4), dims(0, 0), List.of(0, 0), 0);
        Value sum = to.add(to.apply(last, to.unary(UnaryFunction.EXP, first)), to.apply(behind, other));
        return to.add(sum, to.apply(before, first));
    }

    @Test
    void partsSideBySideAreJoined() {
        Graph after = fires(new SumOfPads(), 1, graph(to -> padded(to, input(to, "x", "N", 2), 0, 1)));
        assertEquals(1, count(after, Op.Concat.class));
        assertEquals(0, count(after, Op.Pad.class));
        doesNotFire(new SumOfPads(), graph(to -> padded(to, input(to, "x", "N", 2), 1, 1)));
        doesNotFire(new SumOfPads(), graph(to -> padded(to, input(to, "x", "N", 2), 0, 2)));
    }

    @Test
    void twoCutsAreOne() {
        Graph after = fires(new SliceOfSlice(), 1, graph(to -> {
            Value part = slice(to, input(to, "x", 9, 8), dims(2, 7), List.of(1, -1), dims(7, 8));
            return slice(to, part, dims(3, 1), List.of(2, 3), dims(2, 2));
        }));
        assertEquals(
                new Op.Slice(dims(5, 6), List.of(2, -3), dims(2, 2)),
                after.nodes().getFirst().op());
        doesNotFire(
                new SliceOfSlice(),
                graph(to -> slice(to, input(to, "x", 9, 8), dims(2, 0), List.of(1, 1), dims(7, 8))));
    }

    private static Graph cutOfJoined(int from, int step, int count) {
        return graph(to -> {
            Value both = to.apply(new Op.Concat(1), input(to, "a", "N", 3), input(to, "b", "N", 4));
            return slice(to, both, List.of(Dim.ZERO, Dim.of(from)), List.of(1, step), List.of(N, Dim.of(count)));
        });
    }

    @Test
    void aCutOutOfOnePartIsACutOfThatPart() {
        Graph after = fires(new SliceOfConcat(), 1, cutOfJoined(4, 1, 2));
        assertEquals(0, count(after, Op.Concat.class));
        fires(new SliceOfConcat(), 1, cutOfJoined(2, -1, 3));
        doesNotFire(new SliceOfConcat(), cutOfJoined(2, 1, 3));
        doesNotFire(new SliceOfConcat(), graph(to -> {
            Value both = to.apply(new Op.Concat(0), input(to, "a", "N", 3), input(to, "b", "N", 3));
            return slice(to, both, dims(0, 0), List.of(1, 1), dims(1, 3));
        }));
    }

    @Test
    void whatIsJoinedInStepsIsJoinedAtOnce() {
        Graph after = fires(new ConcatOfConcat(), 1, graph(to -> {
            Value ab = to.apply(new Op.Concat(1), input(to, "a", "N", 3), input(to, "b", "N", 4));
            return to.apply(new Op.Concat(1), ab, input(to, "c", "N", 1));
        }));
        assertEquals(3, after.nodes().getFirst().inputs().size());
        doesNotFire(new ConcatOfConcat(), graph(to -> {
            Value ab = to.apply(new Op.Concat(0), input(to, "a", 2, 3), input(to, "b", 1, 3));
            return to.apply(new Op.Concat(1), ab, input(to, "c", 3, 1));
        }));
    }

    @Test
    void twoFramesOfOneValueAreOne() {
        Graph after = fires(new PadOfPad(), 1, graph(to -> pad(to, pad(to, input(to, "x", "N", 3), 1, 0), 2, 0)));
        assertEquals(1, after.nodes().size());
        doesNotFire(new PadOfPad(), graph(to -> pad(to, pad(to, input(to, "x", "N", 3), 1, 0), 2, 1)));
    }

    @Test
    void movesOfNothingGo() {
        fires(
                new MoveOfNothing(),
                1,
                graph(to -> slice(to, input(to, "x", 3, 2), dims(0, 0), List.of(1, 1), dims(3, 2))));
        fires(new MoveOfNothing(), 1, graph(to -> pad(to, input(to, "x", "N", 3), 0, 7)));
        fires(new MoveOfNothing(), 1, graph(to -> to.apply(new Op.Concat(1), input(to, "x", "N", 3))));
        fires(new MoveOfNothing(), 1, graph(to -> {
            Value all = to.apply(new Op.Iota(List.of(N), 0, DType.I32));
            return to.apply(new Op.Gather(0, false), input(to, "x", "N", 3), all);
        }));
    }

    @Test
    void otherMovesStay() {
        doesNotFire(
                new MoveOfNothing(),
                graph(to -> slice(to, input(to, "x", 3, 2), dims(2, 0), List.of(-1, 1), dims(3, 2))));
        doesNotFire(new MoveOfNothing(), graph(to -> pad(to, input(to, "x", "N", 3), 1, 0)));
        doesNotFire(new MoveOfNothing(), graph(to -> {
            Value some = to.apply(new Op.Iota(dims(2), 0, DType.I32));
            return to.apply(new Op.Gather(0, false), input(to, "x", 3, 3), some);
        }));
    }

    @ParameterizedTest
    @CsvSource({"I32, I64, F32, 1", "BOOL, F32, I32, 1", "I32, F32, I32, 0", "F32, I32, F32, 0", "F32, F64, F32, 1"})
    void dtypesBetweenThatHoldEveryNumberGo(DType from, DType between, DType to, int times) {
        Graph graph = graph(b -> {
            Value x = b.input(Port.Role.INPUT, "x", SampleGraphs.type(from, "N", 4));
            return b.cast(b.cast(x, between), to);
        });
        if (times == 1) {
            fires(new CastOfCast(), 1, graph);
        } else {
            doesNotFire(new CastOfCast(), graph);
        }
    }

    private static final List<Integer> TURN = List.of(0, 2, 1);

    @Test
    void transposesMoveBehindElementwiseOps() {
        fires(
                new TransposeBehindElementwise(),
                1,
                graph(to -> to.unary(UnaryFunction.TANH, to.transpose(input(to, "x", "N", 3, 2), TURN))));
        Graph after = fires(
                new TransposeBehindElementwise(),
                2,
                graph(to -> to.multiply(
                        to.add(
                                to.transpose(input(to, "a", "N", 3, 2), TURN),
                                to.transpose(input(to, "b", "N", 3, 2), TURN)),
                        to.constant(2, DType.F32))));
        assertEquals(1, count(after, Op.Transpose.class));
        assertEquals(new Op.Transpose(TURN), after.nodes().getLast().op());
    }

    @Test
    void transposesThatDifferOrAreReadElsewhereStay() {
        doesNotFire(
                new TransposeBehindElementwise(),
                graph(to -> to.add(to.transpose(input(to, "a", "N", 3, 3), TURN), input(to, "b", "N", 3, 3))));
        doesNotFire(
                new TransposeBehindElementwise(),
                graph(to -> to.add(
                        to.transpose(input(to, "a", 3, 3, 3), TURN),
                        to.transpose(input(to, "b", 3, 3, 3), List.of(1, 0, 2)))));
        GraphBuilder to = builder();
        Value turned = to.transpose(input(to, "x", "N", 3, 2), TURN);
        to.output(Port.Role.OUTPUT, "turned", turned);
        to.output(Port.Role.OUTPUT, "y", to.matMul(turned, to.unary(UnaryFunction.TANH, turned), false, true));
        doesNotFire(new TransposeBehindElementwise(), to.build());
    }

    @Test
    void productsRepeatMatricesThemselves() {
        List<Dim> wide = List.of(N, Dim.of(2), Dim.of(3), Dim.of(4));
        Graph after = fires(
                new BroadcastIntoMatMul(),
                1,
                graph(to -> to.matMul(
                        input(to, "a", "N", 2, 5, 3), to.broadcast(input(to, "b", 3, 4), wide), false, false)));
        assertEquals(0, count(after, Op.Broadcast.class));
        doesNotFire(
                new BroadcastIntoMatMul(),
                graph(to -> to.matMul(input(to, "a", 5, 3), to.broadcast(input(to, "b", 3, 4), wide), false, false)));
        doesNotFire(
                new BroadcastIntoMatMul(),
                graph(to -> to.matMul(
                        input(to, "a", "N", 2, 5, 3), to.broadcast(input(to, "b", 1, 4), wide), false, false)));
    }

    private static Value condition(GraphBuilder to) {
        return to.compare(Op.Comparison.GREATER, input(to, "c", "N", 4), to.constant(0, DType.F32));
    }

    @Test
    void choicesThatAreMadeAlreadyGo() {
        for (int truth = 0; truth < 2; truth++) {
            int known = truth;
            fires(
                    new ConstantChoice(),
                    1,
                    graph(to -> to.select(to.constant(known, DType.BOOL), input(to, "a", "N", 4), input(to, "b", 4))));
        }
        fires(new ConstantChoice(), 1, graph(to -> {
            Value a = input(to, "a", 4);
            return to.select(condition(to), a, a);
        }));
        Graph after = fires(
                new ConstantChoice(),
                1,
                graph(to -> to.select(
                        to.unary(UnaryFunction.NOT, condition(to)), input(to, "a", "N", 4), input(to, "b", "N", 4))));
        assertEquals(0, count(after, Op.Unary.class));
        doesNotFire(
                new ConstantChoice(),
                graph(to -> to.select(
                        condition(to),
                        input(to, "a", "N", 4),
                        to.binary(BinaryFunction.ADD, input(to, "b", "N", 4), to.constant(1, DType.F32)))));
    }
}
