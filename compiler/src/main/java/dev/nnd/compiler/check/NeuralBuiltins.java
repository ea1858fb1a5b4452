package dev.nnd.compiler.check;

import java.util.Map;

/** Convolution, pooling and the like, over which the library's layers are written. */
final class NeuralBuiltins {

    private NeuralBuiltins() {}

    static void add(Map<String, Builtin> table) {
        Builtins.add(table, "conv2d", "x weight stride? padding? dilation? groups?", WindowRules::conv2d);
        Builtins.add(table, "max_pool2d", "x kernel stride? padding?", WindowRules::maxPool2d);
    }
}
