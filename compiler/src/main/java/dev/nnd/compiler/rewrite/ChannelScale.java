package dev.nnd.compiler.rewrite;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Op.BinaryFunction;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;

/**
 * A batch norm by given statistics as x * scale + shift, of which both are a number for each channel.
 *
 * @param scale weight / sqrt(variance + eps)
 * @param shift bias - mean * scale
 */
record ChannelScale(Value scale, Value shift) {

    /** Adds the numbers to a draft. */
    static ChannelScale of(Node norm, Op.BatchNorm op, Draft draft) {
        Value mean = norm.inputs().get(1);
        Value variance = norm.inputs().get(2);
        DType dtype = mean.type().dtype();
        String name = norm.output().name();
        Value eps = draft.add("eps", new Op.Constant(op.eps(), dtype));
        Value positive = draft.add("variance", new Op.Binary(BinaryFunction.ADD), variance, eps);
        Value scale = draft.add(name + "Scale", new Op.Unary(Op.UnaryFunction.RSQRT), positive);
        if (!op.affine()) {
            Value centered = draft.add("mean", new Op.Binary(BinaryFunction.MULTIPLY), mean, scale);
            return new ChannelScale(scale, draft.add(name + "Shift", new Op.Unary(Op.UnaryFunction.NEGATE), centered));
        }
        Value weighted = draft.add(
                name + "Scale",
                new Op.Binary(BinaryFunction.MULTIPLY),
                scale,
                norm.inputs().get(3));
        Value centered = draft.add("mean", new Op.Binary(BinaryFunction.MULTIPLY), mean, weighted);
        Value shift = draft.add(
                name + "Shift",
                new Op.Binary(BinaryFunction.SUBTRACT),
                norm.inputs().get(4),
                centered);
        return new ChannelScale(weighted, shift);
    }
}
