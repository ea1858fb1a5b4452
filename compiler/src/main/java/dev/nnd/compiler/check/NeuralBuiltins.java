package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.Primitive;
import java.util.Map;
import java.util.function.Function;

/** The built-in functions under the layers of the library: windows, normalization, attention, recurrence. */
final class NeuralBuiltins {

    private static final String CONVOLUTION = "x weight stride? padding? dilation? groups?";
    private static final String TRANSPOSED = "x weight stride? padding? output_padding? dilation? groups?";
    private static final String MAX_POOL = "x kernel stride? padding? dilation? ceil_mode?";
    private static final String AVG_POOL = "x kernel stride? padding? ceil_mode? count_include_pad?";

    private NeuralBuiltins() {}

    /** Adds them to the table. */
    static void add(Map<String, Builtin> table) {
        windows(table);
        layers(table);
        recurrent(table);
        MetricBuiltins.add(table);
    }

    private static void windows(Map<String, Builtin> table) {
        add(table, CONVOLUTION, call -> ConvolutionRules.convolution(Primitive.CONV1D, 1, call), "conv1d");
        add(table, CONVOLUTION, call -> ConvolutionRules.convolution(Primitive.CONV2D, 2, call), "conv2d");
        add(table, CONVOLUTION, call -> ConvolutionRules.convolution(Primitive.CONV3D, 3, call), "conv3d");
        add(table, TRANSPOSED, c -> ConvolutionRules.transposed(Primitive.CONV_TRANSPOSE1D, 1, c), "conv_transpose1d");
        add(table, TRANSPOSED, c -> ConvolutionRules.transposed(Primitive.CONV_TRANSPOSE2D, 2, c), "conv_transpose2d");
        add(table, TRANSPOSED, c -> ConvolutionRules.transposed(Primitive.CONV_TRANSPOSE3D, 3, c), "conv_transpose3d");
        add(table, MAX_POOL, call -> PoolingRules.max(Primitive.MAX_POOL1D, 1, call), "max_pool1d");
        add(table, MAX_POOL, call -> PoolingRules.max(Primitive.MAX_POOL2D, 2, call), "max_pool2d");
        add(table, MAX_POOL, call -> PoolingRules.max(Primitive.MAX_POOL3D, 3, call), "max_pool3d");
        add(table, AVG_POOL, call -> PoolingRules.average(Primitive.AVG_POOL1D, 1, call), "avg_pool1d");
        add(table, AVG_POOL, call -> PoolingRules.average(Primitive.AVG_POOL2D, 2, call), "avg_pool2d");
        add(table, AVG_POOL, call -> PoolingRules.average(Primitive.AVG_POOL3D, 3, call), "avg_pool3d");
        add(table, "x size", c -> PoolingRules.adaptive(Primitive.ADAPTIVE_AVG_POOL, c), "adaptive_avg_pool");
        add(table, "x size", c -> PoolingRules.adaptive(Primitive.ADAPTIVE_MAX_POOL, c), "adaptive_max_pool");
    }

    private static void layers(Map<String, Builtin> table) {
        add(table, "x mean variance weight? bias? momentum? eps?", NeuralRules::batchNorm, "batch_norm");
        add(table, "x rate", call -> NeuralRules.dropout(Primitive.DROPOUT, call), "dropout");
        add(table, "x rate", call -> NeuralRules.dropout(Primitive.CHANNEL_DROPOUT, call), "channel_dropout");
        add(table, "index weight padding_index?", NeuralRules::embedding, "embedding");
        add(table, "q k v mask? bias? causal? dropout? scale?", AttentionRules::attention, "attention");
        add(table, "x positions? base? interleaved?", AttentionRules::rotary, "rotary_positions");
    }

    private static void recurrent(Map<String, Builtin> table) {
        String weights = "x weight_ih weight_hh bias_ih? bias_hh? hidden?";
        add(table, weights + " cell?", call -> RecurrentRules.apply(Primitive.LSTM, 4, call), "lstm");
        add(table, weights, call -> RecurrentRules.apply(Primitive.GRU, 3, call), "gru");
        add(table, weights + " activation?", call -> RecurrentRules.apply(Primitive.RNN, 1, call), "rnn");
    }

    /** Adds what a {@code param} starts with and what depends on the sizes of its weight. */
    static void initializers(Map<String, Builtin> table) {
        fan(table, "fan", 1, 1);
        fan(table, "kaiming", Math.sqrt(6), Math.sqrt(2));
        fan(table, "lecun", Math.sqrt(3), 1);
        add(table, "gain?", call -> InitializerRules.xavier(call, true, Math.sqrt(6)), "xavier_uniform");
        add(table, "gain?", call -> InitializerRules.xavier(call, false, Math.sqrt(2)), "xavier_normal");
        add(table, "mean? std?", InitializerRules::truncatedNormal, "truncated_normal");
        add(table, "gain?", InitializerRules::orthogonal, "orthogonal");
        Builtins.add(table, "identity_matrix", "", InitializerRules::identityMatrix);
    }

    private static void fan(Map<String, Builtin> table, String word, double uniform, double normal) {
        add(table, "gain? fan? mode?", call -> InitializerRules.fan(call, true, uniform), word + "_uniform");
        add(table, "gain? fan? mode?", call -> InitializerRules.fan(call, false, normal), word + "_normal");
    }

    static void add(Map<String, Builtin> table, String slots, Function<BuiltinCall, Val> rule, String name) {
        Builtins.add(table, name, slots, rule);
    }

    /** Equal dims, as far as is known; while a block is checked without arguments, dims that can be equal. */
    static boolean same(Checking c, Dim a, Dim b) {
        return c.same(a, b);
    }
}
