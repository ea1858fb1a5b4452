package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;

/** Names steps after the layer that they belong to and what they do in it: {@code conv2dBackwardWeights}. */
final class StepNames {

    private StepNames() {}

    /** The name of a provider op's step, not unique. */
    static String of(Node node) {
        String instance = node.origin().instance();
        return switch (node.op()) {
            case Op.MatMul _ -> instance.isEmpty() ? "matmul" : instance + ".matmul";
            case Op.InnerProductBackwardData _ -> or(instance, "innerProduct") + ".backwardData";
            case Op.Convolution2dBackwardData _ -> or(instance, "convolution2d") + ".backwardData";
            case Op.InnerProductBackwardWeights _ -> or(instance, "innerProduct") + ".backwardWeights";
            case Op.Convolution2dBackwardWeights _ -> or(instance, "convolution2d") + ".backwardWeights";
            case Op.MaxPool2dBackward _ -> or(instance, "maxPool2d") + ".backward";
            case Op.InnerProduct _ -> or(instance, "innerProduct");
            case Op.Convolution2d _ -> or(instance, "convolution2d");
            case Op.MaxPool2d _ -> or(instance, "maxPool2d");
            default -> throw new IllegalArgumentException("no op of a provider: " + node.op());
        };
    }

    private static String or(String instance, String word) {
        return instance.isEmpty() ? word : instance;
    }
}
