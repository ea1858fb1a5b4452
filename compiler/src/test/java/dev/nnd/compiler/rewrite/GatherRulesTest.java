package dev.nnd.compiler.rewrite;

import static dev.nnd.compiler.rewrite.RuleCase.count;
import static dev.nnd.compiler.rewrite.RuleCase.doesNotFire;
import static dev.nnd.compiler.rewrite.RuleCase.fires;
import static dev.nnd.compiler.rewrite.RuleCase.graph;
import static dev.nnd.compiler.rewrite.RuleCase.parameter;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.plan.SampleGraphs;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rules around rows that are gathered from a table. */
class GatherRulesTest {

    private static final Dim N = Dim.variable("N");

    /** Rows of a table [2, 16], [N, 5, 16]. */
    static Value rows(GraphBuilder to) {
        Value index = to.input(Port.Role.INPUT, "index", SampleGraphs.type(DType.I32, "N", 5));
        return to.apply(new Op.Gather(0, false), parameter(to, "table", 2, 16), index);
    }

    /** As an embedding before a recurrence. */
    static Value projected(GraphBuilder to, Value rows) {
        Value flat = to.reshape(
                rows,
                List.of(
                        Dim.product(rows.type().dims().subList(0, 2)),
                        rows.type().dim(2)));
        return to.apply(new Op.InnerProduct(true, false), flat, parameter(to, "w", 3, 16), parameter(to, "b", 3));
    }

    static Value turned(GraphBuilder to, Value rows) {
        return to.transpose(rows, List.of(1, 0, 2));
    }

    private static Value cut(GraphBuilder to, Value rows, int features) {
        List<Dim> dims = List.of(N, Dim.of(4), Dim.of(features));
        return to.apply(new Op.Slice(List.of(Dim.ZERO, Dim.of(4), Dim.ZERO), List.of(1, -1, 1), dims), rows);
    }

    @Test
    void theTableIsMultiplied() {
        var rule = new ProductBeforeGather(Map.of("N", 3L));
        Graph after = fires(rule, 1, graph(to -> projected(to, rows(to))));
        assertEquals(Op.InnerProduct.class, after.nodes().getFirst().op().getClass());
        assertEquals(Dim.of(2), after.nodes().getFirst().output().type().dim(0));
        assertEquals(1, count(after, Op.Gather.class));
    }

    @Test
    void aTableThatIsLargerOrOfUnknownUseIsNot() {
        doesNotFire(new ProductBeforeGather(Map.of()), graph(to -> projected(to, rows(to))));
        doesNotFire(new ProductBeforeGather(Map.of("T", 30L)), graph(to -> projected(to, rows(to))));
        Graph twice = graph(to -> {
            Value index = to.input(Port.Role.INPUT, "index", SampleGraphs.type(DType.I32, "N", "T"));
            return projected(to, to.apply(new Op.Gather(0, false), parameter(to, "table", 5, 16), index));
        });
        fires(new ProductBeforeGather(Map.of("N", 7L, "T", 1L)), 1, twice);
        doesNotFire(new ProductBeforeGather(Map.of("N", 6L, "T", 1L)), twice);
        doesNotFire(new ProductBeforeGather(Map.of("N", 60L)), twice);
    }

    @Test
    void whatIsNotRowsStays() {
        var rule = new ProductBeforeGather(Map.of("N", 3L));
        doesNotFire(rule, graph(to -> projected(to, turned(to, rows(to)))));
        doesNotFire(rule, graph(to -> {
            Value index = to.input(Port.Role.INPUT, "index", SampleGraphs.type(DType.I32, "N", 16));
            Value each = to.apply(new Op.Gather(0, true), parameter(to, "table", "N", 16), index);
            return to.apply(new Op.InnerProduct(false, false), each, parameter(to, "w", 3, 16));
        }));
    }

    @Test
    void movesOfRowsAreMovesOfIndices() {
        Graph after = fires(new MoveIntoGather(), 1, graph(to -> turned(to, rows(to))));
        assertEquals(2, after.nodes().getFirst().output().type().rank());
        assertEquals(Op.Gather.class, after.nodes().getLast().op().getClass());
        fires(new MoveIntoGather(), 2, graph(to -> turned(to, cut(to, rows(to), 16))));
    }

    @Test
    void movesWithinRowsStay() {
        doesNotFire(new MoveIntoGather(), graph(to -> cut(to, rows(to), 15)));
        doesNotFire(new MoveIntoGather(), graph(to -> to.transpose(rows(to), List.of(0, 2, 1))));
    }
}
