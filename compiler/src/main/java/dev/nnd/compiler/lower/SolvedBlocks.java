package dev.nnd.compiler.lower;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.DimSolution;
import dev.nnd.compiler.typed.Requirement;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bodies whose dims are written in one way where requirements make several equal, since graphs compare dims as they are
 * written. Blocks that were one object stay one.
 */
public final class SolvedBlocks {

    private final DimSolution solution;
    private final Map<TypedBlock, TypedBlock> solved = new IdentityHashMap<>();

    private SolvedBlocks(DimSolution solution) {
        this.solution = solution;
    }

    /** The root of a graph, in terms of what its requirements leave free. */
    static TypedBlock of(TypedBlock root) {
        DimSolution solution = solution(root);
        return solution.isEmpty() ? root : new SolvedBlocks(solution).block(root);
    }

    /** What the requirements of a root say about its dims. */
    public static DimSolution solution(TypedBlock root) {
        return DimSolution.of(
                root.requirements().stream().map(Requirement::condition).toList());
    }

    private TypedBlock block(TypedBlock block) {
        TypedBlock known = solved.get(block);
        if (known == null) {
            known = new TypedBlock(
                    block.declaration(),
                    block.library(),
                    block.arguments(),
                    block.inputs().stream()
                            .map(i -> new TypedBlock.Input(i.name(), i.doc(), solution.apply(i.type()), i.span()))
                            .toList(),
                    block.params().stream()
                            .map(p -> new TypedBlock.Param(
                                    p.name(),
                                    p.doc(),
                                    solution.apply(p.type()),
                                    p.initializer(),
                                    p.trained(),
                                    p.span()))
                            .toList(),
                    block.layers().stream()
                            .map(l -> new TypedBlock.Layer(l.name(), block(l.block()), l.span()))
                            .toList(),
                    block.body().stream().map(this::binding).toList(),
                    block.outputs().stream()
                            .map(o -> new TypedBlock.Output(
                                    o.name(), o.doc(), solution.apply(o.type()), expr(o.value()), o.span()))
                            .toList(),
                    block.requirements());
            solved.put(block, known);
        }
        return known;
    }

    private TypedBlock.Binding binding(TypedBlock.Binding binding) {
        return switch (binding) {
            case TypedBlock.Binding.Value v -> new TypedBlock.Binding.Value(v.id(), v.name(), expr(v.value()));
            case TypedBlock.Binding.Call c ->
                new TypedBlock.Binding.Call(c.id(), c.layer(), block(c.block()), exprs(c.operands()), c.span());
        };
    }

    private List<TypedExpr> exprs(List<TypedExpr> exprs) {
        return exprs.stream().map(this::expr).toList();
    }

    private TypedExpr expr(TypedExpr expr) {
        return switch (expr) {
            case TypedExpr.Input e -> new TypedExpr.Input(e.name(), solution.apply(e.type()), e.span());
            case TypedExpr.Param e -> new TypedExpr.Param(e.name(), solution.apply(e.type()), e.span());
            case TypedExpr.LayerParam e ->
                new TypedExpr.LayerParam(e.layer(), e.name(), solution.apply(e.type()), e.span());
            case TypedExpr.Local e -> new TypedExpr.Local(e.id(), solution.apply(e.type()), e.span());
            case TypedExpr.CallOutput e ->
                new TypedExpr.CallOutput(e.call(), e.index(), solution.apply(e.type()), e.span());
            case TypedExpr.Number e -> e;
            case TypedExpr.Setting e -> e;
            case TypedExpr.Apply e ->
                new TypedExpr.Apply(
                        e.primitive(),
                        exprs(e.operands()),
                        e.attributes().stream().map(this::constant).toList(),
                        solution.apply(e.type()),
                        e.span());
        };
    }

    private Constant constant(Constant constant) {
        return switch (constant) {
            case Constant.Int i -> new Constant.Int(solution.apply(i.value()));
            case Constant.ListOf l ->
                new Constant.ListOf(l.items().stream().map(this::constant).toList());
            case Constant.Float _,
                    Constant.Bool _,
                    Constant.Text _,
                    Constant.Init _,
                    Constant.Layer _,
                    Constant.Function _ -> constant;
        };
    }
}
