package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;

/** Which kernels the Vector API serves, and the form of its loops. */
final class Vectors {

    /** The JIT compilers give up on methods of about 1,460 bytecodes; a vector op is some ten of them. */
    private static final int MOST_OPS = 70;

    /** What a function of some 30 vector ops counts for. */
    private static final int FUNCTION = 4;

    private Vectors() {}

    /** {@code for (; i <= end - LANES; i += LANES)}. */
    static String loop(String variable, String end) {
        return "for (; " + variable + " <= " + end + " - LANES; " + variable + " += LANES)";
    }

    /** True if all that lies along the last axis is f32 in memory, and f32 or bool between. */
    static boolean fit(KernelBody body) {
        int last = body.depth() - 1;
        for (Port port : body.graph().inputs()) {
            if (body.axes(port.value()).get(last) && port.value().type().dtype() != DType.F32) {
                return false;
            }
        }
        for (Port port : body.graph().outputs()) {
            if (body.stored(port.value()).get(last) && port.value().type().dtype() != DType.F32) {
                return false;
            }
        }
        int ops = 0;
        for (Node node : body.graph().nodes()) {
            if (along(body, node) && !fits(body, node)) {
                return false;
            }
            ops += weight(node.op());
        }
        return ops <= MOST_OPS;
    }

    /** Methods of more than 8,000 bytecodes are never compiled: 24 functions in a row were, 32 were not. */
    private static int weight(Op op) {
        return op instanceof Op.Unary(Op.UnaryFunction function) && function.isSeries() ? FUNCTION : 1;
    }

    private static boolean along(KernelBody body, Node node) {
        return node.inputs().stream().anyMatch(v -> vector(body, v));
    }

    private static boolean vector(KernelBody body, Value value) {
        return body.axes(value).get(body.depth() - 1);
    }

    private static boolean fits(KernelBody body, Node node) {
        boolean dtypes =
                node.inputs().stream().allMatch(v -> isVectorType(v.type().dtype()))
                        && isVectorType(node.output().type().dtype());
        // A mask cannot be made of one number, nor a choice between vectors by one number.
        boolean masks = node.inputs().stream().allMatch(v -> v.type().dtype() != DType.BOOL || vector(body, v));
        boolean floats = switch (node.op()) {
            case Op.Compare _ -> node.inputs().getFirst().type().dtype() == DType.F32;
            case Op.Select _ -> node.output().type().dtype() == DType.F32;
            default -> true;
        };
        return dtypes && masks && floats && VectorCode.has(node.op());
    }

    private static boolean isVectorType(DType dtype) {
        return dtype == DType.F32 || dtype == DType.BOOL;
    }
}
