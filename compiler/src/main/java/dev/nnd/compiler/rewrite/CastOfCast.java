package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import java.util.Optional;

/**
 * A dtype between that holds every number of the first is not needed.
 *
 * <pre>
 * before  cast(cast(x: i32) to i64) to f32, cast(cast(b: bool) to f32) to i32
 * after   cast(x) to f32,                   cast(b) to i32
 * </pre>
 */
record CastOfCast() implements Rule {
    @Override
    public Optional<Replacement> apply(Node node, Neighbourhood graph) {
        if (!(node.op() instanceof Op.Cast)) {
            return Optional.empty();
        }
        Value between = node.inputs().getFirst();
        return graph.producer(between, Op.Cast.class)
                .map(n -> n.inputs().getFirst())
                .filter(x -> holds(between.type().dtype(), x.type().dtype()))
                .flatMap(x -> {
                    Draft draft = graph.replace(node);
                    return draft.by(draft.add(node.output().name(), node.op(), x));
                });
    }

    /** True if each number of the dtype is a number of the wide one. */
    private static boolean holds(DType wide, DType dtype) {
        return switch (dtype) {
            case BOOL -> true;
            case U8, I8 -> wide != DType.BOOL && wide != DType.U8 && wide != DType.I8 || wide == dtype;
            case F16, BF16 -> wide == DType.F32 || wide == DType.F64 || wide == dtype;
            case I32 -> wide == DType.I64 || wide == DType.F64 || wide == dtype;
            case F32 -> wide == DType.F64 || wide == dtype;
            case I64, F64 -> wide == dtype;
        };
    }
}
