package dev.nnd.compiler.lower;

import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.TypedBlock;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.grammar.Span;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds what a checked body asks for and this version cannot lower yet. */
public final class LoweringLimits {

    private final Map<String, Span> found = new LinkedHashMap<>();
    private final Set<TypedBlock> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private LoweringLimits() {}

    /** Each function without a lowering, by its name, with the first place that uses it. */
    public static Map<String, Span> of(TypedBlock block) {
        var limits = new LoweringLimits();
        limits.block(block);
        return limits.found;
    }

    /** As for a block, for the losses and metrics of a train section. */
    public static Map<String, Span> of(List<TypedBlock.Binding> bindings, List<TypedExpr> results) {
        var limits = new LoweringLimits();
        limits.bindings(bindings);
        results.forEach(limits::expr);
        return limits.found;
    }

    private void block(TypedBlock block) {
        if (seen.add(block)) {
            block.inputs().forEach(i -> dtype(i.type(), block.declaration().span()));
            block.params().forEach(this::parameter);
            bindings(block.body());
            block.outputs().forEach(o -> expr(o.value()));
        }
    }

    private void parameter(TypedBlock.Param param) {
        if (param.type().dtype() != DType.F32) {
            found.putIfAbsent("param of " + param.type().dtype(), param.span());
        }
    }

    /** Half floats and signed bytes have no kernels yet. */
    private void dtype(TensorType type, Span span) {
        switch (type.dtype()) {
            case F16, BF16, I8 -> found.putIfAbsent(type.dtype().text(), span);
            case F64, F32, I64, I32, U8, BOOL -> {}
        }
    }

    private void bindings(List<TypedBlock.Binding> bindings) {
        for (TypedBlock.Binding binding : bindings) {
            switch (binding) {
                case TypedBlock.Binding.Value v -> expr(v.value());
                case TypedBlock.Binding.Call c -> {
                    c.operands().forEach(this::expr);
                    block(c.block());
                }
            }
        }
    }

    private void expr(TypedExpr expr) {
        dtype(expr.type(), expr.span());
        if (expr instanceof TypedExpr.Apply apply) {
            apply.operands().forEach(this::expr);
            if (!PrimitiveLowering.lowers(apply)) {
                found.putIfAbsent(apply.primitive().text(), apply.span());
            }
        }
    }
}
