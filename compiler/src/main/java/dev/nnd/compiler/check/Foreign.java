package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What people who come from PyTorch, Keras or NumPy write, and what it is here. */
final class Foreign {

    private static final Map<String, String> NAMES = names();
    private static final Set<String> PREFIXES =
            Set.of("nn", "torch", "tf", "keras", "layers", "F", "np", "numpy", "jnp", "jax", "flax", "tensorflow");

    private Foreign() {}

    /** The name here for a layer or function known under another name. */
    static Optional<String> name(String text) {
        return Optional.ofNullable(NAMES.get(text));
    }

    /** For {@code nn.Linear} and {@code tf.keras.layers.Dense}: the name here. */
    static Optional<String> qualified(Expr.Member member) {
        return PREFIXES.contains(root(member))
                ? Optional.of(
                        name(member.member().name()).orElse(member.member().name()))
                : Optional.empty();
    }

    /** The first word of a name with points; empty if it is something else. */
    static String root(Expr.Member member) {
        Expr target = member.target();
        while (target instanceof Expr.Member inner) {
            target = inner.target();
        }
        return target instanceof Expr.Name n ? n.name() : "";
    }

    private static Map<String, String> names() {
        var table = new HashMap<String, String>();
        layers(table);
        sequences(table);
        activations(table);
        losses(table);
        functions(table);
        alias(table, "true", "True TRUE");
        alias(table, "false", "False FALSE");
        alias(table, "none", "None null nil NULL newaxis");
        return Map.copyOf(table);
    }

    private static void layers(Map<String, String> table) {
        alias(table, "Dense", "Linear FullyConnected FC LazyLinear");
        alias(table, "Conv1d", "Conv1D Convolution1D Convolution1d");
        alias(table, "Conv2d", "Conv Convolution Conv2D Convolution2D Convolution2d");
        alias(table, "Conv3d", "Conv3D Convolution3D Convolution3d");
        alias(table, "ConvTranspose1d", "Conv1DTranspose Deconv1d");
        alias(table, "ConvTranspose2d", "Conv2DTranspose Deconv2d ConvTranspose Deconvolution Conv2dTranspose");
        alias(table, "ConvTranspose3d", "Conv3DTranspose Deconv3d");
        alias(table, "DepthwiseSeparable", "SeparableConv2D SeparableConv2d DepthwiseConv2D DepthwiseConv2d");
        alias(table, "DepthwiseSeparable1d", "SeparableConv1D DepthwiseConv1D");
        alias(table, "MaxPool1d", "MaxPooling1D MaxPool1D");
        alias(table, "MaxPool2d", "MaxPool MaxPooling2D MaxPool2D");
        alias(table, "MaxPool3d", "MaxPooling3D MaxPool3D");
        alias(table, "AvgPool1d", "AveragePooling1D AvgPool1D AveragePool1d");
        alias(table, "AvgPool2d", "AvgPool AveragePooling2D AvgPool2D AveragePool2d");
        alias(table, "AvgPool3d", "AveragePooling3D AvgPool3D AveragePool3d");
        alias(table, "GlobalAvgPool1d", "GlobalAveragePooling1D");
        alias(table, "GlobalAvgPool2d", "GlobalAveragePooling2D GlobalAvgPool");
        alias(table, "GlobalAvgPool3d", "GlobalAveragePooling3D");
        alias(table, "GlobalMaxPool1d", "GlobalMaxPooling1D");
        alias(table, "GlobalMaxPool2d", "GlobalMaxPooling2D GlobalMaxPool");
        alias(table, "GlobalMaxPool3d", "GlobalMaxPooling3D");
        alias(table, "AdaptiveAvgPool2d", "AdaptiveAvgPool AdaptiveAveragePooling2D");
        alias(table, "BatchNorm", "BatchNorm1d BatchNorm2d BatchNorm3d BatchNormalization SyncBatchNorm");
        alias(table, "LayerNorm", "LayerNormalization");
        alias(table, "RMSNorm", "RmsNorm RMSNormalization");
        alias(table, "GroupNorm", "GroupNormalization");
        alias(table, "InstanceNorm", "InstanceNorm1d InstanceNorm2d InstanceNorm3d");
        alias(table, "Dropout2d", "Dropout1d Dropout3d SpatialDropout1D SpatialDropout2D SpatialDropout3D");
        alias(table, "PRelu", "PReLU Prelu");
    }

    private static void sequences(Map<String, String> table) {
        alias(table, "LSTM", "Lstm LongShortTermMemory CuDNNLSTM");
        alias(table, "GRU", "Gru CuDNNGRU");
        alias(table, "RNN", "SimpleRNN Rnn");
        alias(table, "Embedding", "Embed EmbeddingBag TokenEmbedding");
        alias(table, "MultiHeadAttention", "MultiheadAttention Attention SelfAttention MHA");
        alias(table, "TransformerEncoderLayer", "TransformerBlock TransformerLayer EncoderLayer");
        alias(table, "TransformerDecoderLayer", "DecoderLayer");
        alias(table, "SwiGLU", "SwiGlu SwiGLUFeedForward");
        alias(table, "GeGLU", "GeGlu GEGLU");
        alias(table, "Mlp", "MLP FeedForward FFN");
        alias(table, "SqueezeExcite", "SqueezeExcitation SELayer SEBlock SE");
        alias(table, "LoraDense", "LoRA Lora LoraLinear LoRALinear");
        alias(table, "MixtureOfExperts", "MoE MOE SparseMoE");
    }

    private static void activations(Map<String, String> table) {
        alias(table, "relu", "ReLU Relu");
        alias(table, "relu6", "ReLU6 Relu6");
        alias(table, "tanh", "Tanh");
        alias(table, "sigmoid", "Sigmoid");
        alias(table, "gelu", "GELU Gelu");
        alias(table, "silu", "SiLU Silu Swish swish");
        alias(table, "elu", "ELU Elu");
        alias(table, "selu", "SELU Selu");
        alias(table, "celu", "CELU Celu");
        alias(table, "mish", "Mish");
        alias(table, "glu", "GLU Glu");
        alias(table, "leaky_relu", "LeakyReLU LeakyRelu lrelu");
        alias(table, "hard_sigmoid", "Hardsigmoid hardsigmoid HardSigmoid");
        alias(table, "hard_swish", "Hardswish hardswish HardSwish");
        alias(table, "hard_tanh", "Hardtanh hardtanh HardTanh");
        alias(table, "softplus", "Softplus SoftPlus");
        alias(table, "softsign", "Softsign SoftSign");
        alias(table, "log_sigmoid", "LogSigmoid logsigmoid");
        alias(table, "softmax", "Softmax");
        alias(table, "log_softmax", "LogSoftmax");
    }

    private static void losses(Map<String, String> table) {
        alias(
                table,
                "cross_entropy",
                "CrossEntropyLoss CrossEntropy categorical_crossentropy sparse_categorical_crossentropy"
                        + " CategoricalCrossentropy SparseCategoricalCrossentropy crossentropy");
        alias(table, "nll", "NLLLoss nll_loss negative_log_likelihood");
        alias(table, "mse", "MSELoss mean_squared_error mse_loss MeanSquaredError");
        alias(table, "mae", "L1Loss mean_absolute_error l1_loss MeanAbsoluteError l1");
        alias(table, "huber", "HuberLoss huber_loss");
        alias(table, "smooth_l1", "SmoothL1Loss smooth_l1_loss");
        alias(
                table,
                "binary_cross_entropy",
                "BCEWithLogitsLoss BCELoss bce binary_crossentropy BinaryCrossentropy"
                        + " binary_cross_entropy_with_logits");
        alias(table, "kl_divergence", "KLDivLoss kl_div KLDivergence");
        alias(table, "hinge", "HingeLoss Hinge");
        alias(table, "triplet", "TripletMarginLoss triplet_margin_loss triplet_loss");
        alias(table, "cosine_distance", "CosineEmbeddingLoss cosine_embedding_loss cosine_loss");
        alias(table, "info_nce", "InfoNCE NTXentLoss nt_xent contrastive");
        alias(table, "focal", "FocalLoss focal_loss sigmoid_focal_loss");
        alias(table, "dice", "DiceLoss dice_loss");
    }

    private static void functions(Map<String, String> table) {
        alias(table, "flatten", "Flatten");
        alias(table, "reshape", "Reshape view");
        alias(table, "permute", "Permute transpose_axes");
        alias(table, "select", "where cond");
        alias(table, "cast", "astype");
        alias(table, "concat", "cat concatenate Concatenate hstack vstack");
        alias(table, "attention", "scaled_dot_product_attention");
        alias(table, "clamp", "clip clip_by_value");
        alias(table, "fill", "constant constant_");
        alias(table, "zeros", "Zeros zeros_");
        alias(table, "ones", "Ones ones_");
        alias(table, "normal", "randn RandomNormal normal_ random_normal standard_normal");
        alias(table, "uniform", "RandomUniform uniform_ rand random_uniform");
        alias(table, "xavier_uniform", "glorot_uniform GlorotUniform XavierUniform xavier_uniform_");
        alias(table, "xavier_normal", "glorot_normal GlorotNormal XavierNormal xavier_normal_");
        alias(table, "kaiming_uniform", "he_uniform HeUniform kaiming_uniform_");
        alias(table, "kaiming_normal", "he_normal HeNormal kaiming_normal_");
        alias(table, "truncated_normal", "trunc_normal TruncatedNormal trunc_normal_");
        numpy(table);
        alias(table, "orthogonal", "Orthogonal orthogonal_");
    }

    private static void numpy(Map<String, String> table) {
        alias(table, "broadcast_to", "expand broadcast expand_as");
        alias(table, "unsqueeze", "expand_dims ExpandDims");
        alias(table, "swap_axes", "swapaxes swapdims");
        alias(table, "top_k", "topk");
        alias(table, "range", "arange");
        alias(table, "normal_like", "randn_like");
        alias(table, "uniform_like", "rand_like");
        alias(table, "take", "index_select");
        alias(table, "repeat", "repeat_interleave");
        alias(table, "stop_gradient", "detach stopGradient");
        alias(table, "is_nan", "isnan");
        alias(table, "is_inf", "isinf");
        alias(table, "is_finite", "isfinite");
        alias(table, "matmul", "bmm mm");
        alias(table, "sum", "reduce_sum");
        alias(table, "mean", "reduce_mean avg average");
        alias(table, "max", "reduce_max amax");
        alias(table, "min", "reduce_min amin");
        alias(table, "variance", "var");
        alias(table, "std", "stddev");
        alias(table, "remainder", "mod fmod");
        alias(table, "floor_div", "floordiv floor_divide");
        alias(table, "resize", "interpolate Upsample upsample");
        alias(table, "atan", "arctan");
        alias(table, "asin", "arcsin");
        alias(table, "acos", "arccos");
    }

    private static void alias(Map<String, String> table, String here, String foreign) {
        for (String word : foreign.split(" ")) {
            table.put(word, here);
        }
    }
}
