package dev.nnd.compiler.rewrite;

import static dev.nnd.compiler.rewrite.RuleCase.builder;
import static dev.nnd.compiler.rewrite.RuleCase.count;
import static dev.nnd.compiler.rewrite.RuleCase.doesNotFire;
import static dev.nnd.compiler.rewrite.RuleCase.fires;
import static dev.nnd.compiler.rewrite.RuleCase.graph;
import static dev.nnd.compiler.rewrite.RuleCase.input;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Op.ReduceFunction;
import dev.nnd.compiler.ir.Op.UnaryFunction;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules that remove what has no effect. */
class CleaningRulesTest {

    private static final Dim N = Dim.variable("N");
    private static final List<Dim> WIDE = List.of(N, Dim.of(4));

    @Test
    void equalOpsAreComputedOnce() {
        Graph after = fires(new CommonSubexpression(), 1, graph(to -> {
            Value x = input(to, "x", "N", 4);
            return to.multiply(to.unary(UnaryFunction.EXP, x), to.unary(UnaryFunction.EXP, x));
        }));
        assertEquals(1, count(after, Op.Unary.class));
        doesNotFire(new CommonSubexpression(), graph(to -> {
            Value x = input(to, "x", "N", 4);
            return to.multiply(to.unary(UnaryFunction.EXP, x), to.unary(UnaryFunction.TANH, x));
        }));
    }

    @Test
    void unusedOpsGoWithWhatOnlyTheyUse() {
        Graph after = fires(new DeadCode(), 1, graph(to -> {
            Value x = input(to, "x", "N", 4);
            to.negate(to.unary(UnaryFunction.EXP, x));
            return to.unary(UnaryFunction.TANH, x);
        }));
        assertEquals(1, after.nodes().size());
        doesNotFire(new DeadCode(), graph(to -> to.negate(input(to, "x", "N", 4))));
    }

    @Test
    void constantsAreFolded() {
        Graph after = fires(
                new ConstantFolding(),
                2,
                graph(to -> to.multiply(
                        input(to, "x", "N"),
                        to.unary(
                                UnaryFunction.SQRT,
                                to.binary(
                                        BinaryFunction.POWER, to.constant(2, DType.F32), to.constant(4, DType.F32))))));
        assertTrue(after.nodes().stream().anyMatch(n -> n.op().equals(new Op.Constant(4, DType.F32))));
        doesNotFire(new ConstantFolding(), graph(to -> to.divide(to.constant(1, DType.F32), to.size(N, DType.F32))));
    }

    @Test
    void sizesWithoutFreeDimsAreNumbers() {
        fires(new ConstantSize(), 1, graph(to -> to.apply(new Op.Size(Dim.of(6), DType.F32))));
        doesNotFire(new ConstantSize(), graph(to -> to.apply(new Op.Size(N, DType.F32))));
    }

    private static Graph withConstant(BinaryFunction function, double number, boolean left) {
        return graph(to -> {
            Value x = input(to, "x", "N", 4);
            Value c = to.constant(number, DType.F32);
            return left ? to.binary(function, c, x) : to.binary(function, x, c);
        });
    }

    @Test
    void neutralOperandsGo() {
        var rule = new NeutralOperand();
        for (boolean left : new boolean[] {true, false}) {
            assertEquals(0, count(fires(rule, 1, withConstant(BinaryFunction.ADD, 0, left)), Op.Binary.class));
            assertEquals(0, count(fires(rule, 1, withConstant(BinaryFunction.MULTIPLY, 1, left)), Op.Binary.class));
        }
        fires(rule, 1, withConstant(BinaryFunction.SUBTRACT, 0, false));
        fires(rule, 1, withConstant(BinaryFunction.DIVIDE, 1, false));
        fires(rule, 1, withConstant(BinaryFunction.POWER, 1, false));
        doesNotFire(rule, withConstant(BinaryFunction.SUBTRACT, 0, true));
        doesNotFire(rule, withConstant(BinaryFunction.DIVIDE, 1, true));
        doesNotFire(rule, withConstant(BinaryFunction.MULTIPLY, 0, true));
    }

    @Test
    void aNeutralOperandThatWidensLeavesABroadcast() {
        Graph after = fires(
                new NeutralOperand(),
                1,
                graph(to -> to.add(input(to, "x", 4), to.broadcast(to.constant(0, DType.F32), WIDE))));
        assertTrue(after.nodes().getLast().op() instanceof Op.Broadcast);
    }

    @Test
    void identitiesOfShapeGo() {
        var rule = new IdentityShape();
        fires(rule, 1, graph(to -> to.apply(new Op.Reshape(WIDE), input(to, "x", "N", 4))));
        fires(rule, 1, graph(to -> to.apply(new Op.Broadcast(WIDE), input(to, "x", "N", 4))));
        fires(rule, 1, graph(to -> to.apply(new Op.Cast(DType.F32), input(to, "x", "N", 4))));
        fires(rule, 1, graph(to -> to.transpose(input(to, "x", "N", 4), List.of(0, 1))));
        doesNotFire(rule, graph(to -> to.transpose(input(to, "x", "N", 4), List.of(1, 0))));
        doesNotFire(rule, graph(to -> to.transpose(input(to, "x", 4, 4), List.of(1, 0))));
        doesNotFire(rule, graph(to -> to.apply(new Op.Cast(DType.F64), input(to, "x", "N", 4))));
    }

    @Test
    void repeatedChangesOfShapeAreOne() {
        var rule = new RepeatedShape();
        Graph after = fires(
                rule,
                1,
                graph(to ->
                        to.transpose(to.transpose(input(to, "x", "N", "T", 4), List.of(1, 2, 0)), List.of(0, 2, 1))));
        assertEquals(1, after.nodes().size());
        fires(
                rule,
                1,
                graph(to -> to.apply(
                        new Op.Reshape(WIDE), to.reshape(input(to, "x", "N", 4), List.of(N, Dim.of(2), Dim.of(2))))));
        doesNotFire(rule, graph(to -> to.negate(to.transpose(input(to, "x", "N", 4), List.of(1, 0)))));
    }

    @Test
    void movingAxesOfLengthOneIsAReshape() {
        fires(new TransposeAsReshape(), 1, graph(to -> to.transpose(input(to, "x", "N", 1, 4), List.of(0, 2, 1))));
        doesNotFire(new TransposeAsReshape(), graph(to -> to.transpose(input(to, "x", "N", 2, 4), List.of(0, 2, 1))));
    }

    @Test
    void elementwiseOpsBroadcastThemselves() {
        Graph after = fires(
                new BroadcastIntoElementwise(),
                1,
                graph(to -> to.multiply(input(to, "x", "N", 4), to.broadcast(input(to, "b", 4), WIDE))));
        assertEquals(0, count(after, Op.Broadcast.class));
        doesNotFire(
                new BroadcastIntoElementwise(),
                graph(to -> to.multiply(input(to, "x", 4), to.broadcast(input(to, "b", 4), WIDE))));
    }

    @Test
    void scalarsAreBroadcastWithoutAReshape() {
        Graph after = fires(
                new BroadcastIntoElementwise(),
                1,
                graph(to -> to.broadcast(to.reshape(input(to, "s"), List.of(Dim.ONE, Dim.ONE)), WIDE)));
        assertEquals(1, after.nodes().size());
    }

    @Test
    void arithmeticOnSingleElementsIsOnScalars() {
        Graph after = fires(
                new ScalarBeforeReshape(),
                1,
                graph(to -> to.divide(to.reshape(input(to, "s"), List.of(Dim.ONE)), to.size(N, DType.F32))));
        assertTrue(after.nodes().getLast().op() instanceof Op.Reshape);
        doesNotFire(new ScalarBeforeReshape(), graph(to -> to.divide(input(to, "x", 1), to.size(N, DType.F32))));
    }

    @Test
    void twoNegationsAreNone() {
        fires(new DoubleNegation(), 1, graph(to -> to.negate(to.negate(input(to, "x", "N", 4)))));
        doesNotFire(new DoubleNegation(), graph(to -> to.negate(to.unary(UnaryFunction.ABS, input(to, "x", "N", 4)))));
    }

    @Test
    void twoFactorsAreOne() {
        var rule = new ScaleOfScale();
        fires(
                rule,
                1,
                graph(to -> to.multiply(
                        to.constant(3, DType.F32), to.multiply(input(to, "x", "N", 4), to.constant(2, DType.F32)))));
        GraphBuilder to = builder();
        Value once = to.multiply(input(to, "x", "N", 4), to.constant(2, DType.F32));
        to.output(Port.Role.OUTPUT, "once", once);
        to.output(Port.Role.OUTPUT, "twice", to.multiply(once, to.constant(3, DType.F32)));
        doesNotFire(rule, to.build());
    }

    @Test
    void reducingOverOnesIsAReshape() {
        fires(
                new ReduceOverOnes(),
                1,
                graph(to -> to.reduce(ReduceFunction.SUM, input(to, "x", "N", 1), List.of(1), false)));
        doesNotFire(
                new ReduceOverOnes(),
                graph(to -> to.reduce(ReduceFunction.SUM, input(to, "x", "N", 1), List.of(0, 1), false)));
    }

    @Test
    void reducingRepeatedElementsNeedsNoLoop() {
        for (var function : ReduceFunction.values()) {
            if (function == ReduceFunction.ANY || function == ReduceFunction.ALL) {
                continue; // of bools
            }
            Graph after = fires(
                    new ReduceOfBroadcast(),
                    1,
                    graph(to -> to.reduce(function, to.broadcast(input(to, "b", 4), WIDE), List.of(0), true)));
            assertEquals(0, count(after, Op.Reduce.class));
        }
        doesNotFire(
                new ReduceOfBroadcast(),
                graph(to -> to.reduce(ReduceFunction.SUM, to.broadcast(input(to, "b", 4), WIDE), List.of(1), false)));
    }
}
