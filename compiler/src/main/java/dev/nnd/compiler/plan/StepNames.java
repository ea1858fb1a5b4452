package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;

/** Names steps after the layer that they belong to and what they do in it: {@code conv2dBackwardWeights}. */
final class StepNames {

    private StepNames() {}

    /** The name of a provider op's step, not unique. */
    static String of(Node node) {
        String instance = node.origin().instance();
        return switch (provided(node)) {
            case Op.MatMul _ -> instance.isEmpty() ? "matmul" : instance + ".matmul";
            case Op.InnerProductBackwardData _ -> or(instance, "innerProduct") + ".backwardData";
            case Op.ConvolutionBackwardData _ -> or(instance, "convolution") + ".backwardData";
            case Op.InnerProductBackwardWeights _ -> or(instance, "innerProduct") + ".backwardWeights";
            case Op.ConvolutionBackwardWeights _ -> or(instance, "convolution") + ".backwardWeights";
            case Op.PoolBackward _ -> or(instance, "pool") + ".backward";
            case Op.BatchNormBackward _ -> or(instance, "batchNorm") + ".backward";
            case Op.BatchNorm _, Op.BatchNormTraining _ -> or(instance, "batchNorm");
            case Op.InnerProduct _ -> or(instance, "innerProduct");
            case Op.Convolution _ -> or(instance, "convolution");
            case Op.Pool _ -> or(instance, "pool");
        };
    }

    private static Op.Provided provided(Node node) {
        if (node.op() instanceof Op.Provided op) {
            return op;
        }
        throw new IllegalArgumentException("no op of a provider: " + node.op());
    }

    private static String or(String instance, String word) {
        return instance.isEmpty() ? word : instance;
    }
}
