package dev.nnd.compiler.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerifierTest {

    private static final TensorType TYPE = TensorType.of(DType.F32, Dim.variable("N"), Dim.of(3));
    private static final Op RELU = new Op.Unary(Op.UnaryFunction.RELU);

    private final Value x = new Value(0, "x", TYPE);
    private final Value y = new Value(1, "y", TYPE);
    private final Port input = new Port(Port.Role.INPUT, "x", x);
    private final Port output = new Port(Port.Role.OUTPUT, "y", y);
    private final Node relu = new Node(RELU, List.of(x), List.of(y), TestGraphs.ORIGIN);

    @Test
    void acceptsAGraphInOrder() {
        var graph = new Graph("G", List.of(input), List.of(relu), List.of(output));
        assertSame(graph, Verifier.verify(graph));
    }

    @Test
    void rejectsAnOperandThatNothingMade() {
        rejects("is not made before", new Graph("G", List.of(), List.of(relu), List.of(output)));
    }

    @Test
    void rejectsAnOperandThatIsMadeLater() {
        var z = new Value(2, "z", TYPE);
        var first = new Node(RELU, List.of(y), List.of(z), TestGraphs.ORIGIN);
        rejects("is not made before", new Graph("G", List.of(input), List.of(first, relu), List.of(output)));
    }

    @Test
    void rejectsAnOperandOfTheSameIdButAnotherType() {
        var other = new Value(0, "x", TYPE.as(DType.F64));
        var made = new Value(1, "y", TYPE.as(DType.F64));
        var node = new Node(RELU, List.of(other), List.of(made), TestGraphs.ORIGIN);
        rejects("is not made before", new Graph("G", List.of(input), List.of(node), List.of()));
    }

    @Test
    void rejectsAValueMadeTwice() {
        rejects("two values have one id", new Graph("G", List.of(input), List.of(relu, relu), List.of(output)));
    }

    @Test
    void rejectsATypeThatTheShapeRuleDoesNotGive() {
        var wrong = new Value(1, "y", TensorType.of(DType.F32, Dim.of(3), Dim.variable("N")));
        var node = new Node(RELU, List.of(x), List.of(wrong), TestGraphs.ORIGIN);
        var problem = rejects("should make", new Graph("G", List.of(input), List.of(node), List.of()));
        assertTrue(problem.startsWith("relu, from test.nnd:2:6 (relu): "), problem);
    }

    @Test
    void rejectsTwoPortsOfOneRoleAndName() {
        var again = new Port(Port.Role.INPUT, "x", new Value(7, "x", TYPE));
        rejects("two ports are the INPUT x", new Graph("G", List.of(input, again), List.of(relu), List.of(output)));
    }

    @Test
    void acceptsOneNameInTwoRoles() {
        var parameter = new Port(Port.Role.PARAMETER, "x", new Value(7, "x", TYPE));
        Verifier.verify(new Graph("G", List.of(input, parameter), List.of(relu), List.of(output)));
    }

    @Test
    void rejectsAnOutputThatNothingMakes() {
        rejects("nothing makes the output y", new Graph("G", List.of(input), List.of(), List.of(output)));
    }

    @Test
    void aPrintedGraphHasALineForEachPortAndNode() {
        var b = TestGraphs.builder();
        Value image = b.input(Port.Role.INPUT, "image", TensorType.of(DType.F32, Dim.variable("N"), Dim.of(784)));
        Value weight = b.input(Port.Role.PARAMETER, "dense.weight", TensorType.of(DType.F32, Dim.of(10), Dim.of(784)));
        Value logits = b.apply("logits", new Op.InnerProduct(false, true), image, weight);
        b.output(Port.Role.OUTPUT, "logits", logits);
        assertEquals("""
                graph Test
                  %0 image: f32[N, 784] = input image
                  %1 denseWeight: f32[10, 784] = parameter dense.weight
                  %2 logits: f32[N, 10] = inner product +relu(%0, %1)  // test.nnd:2
                  output logits = %2
                """, GraphPrinter.print(b.build()));
    }

    private static String rejects(String problem, Graph graph) {
        String message = TestGraphs.message(assertThrows(GraphException.class, () -> Verifier.verify(graph)));
        assertTrue(message.contains(problem), message);
        return message;
    }
}
