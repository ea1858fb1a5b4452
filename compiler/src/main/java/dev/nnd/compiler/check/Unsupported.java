package dev.nnd.compiler.check;

import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.Set;

/** Names of the language's library that are designed but not there yet. */
final class Unsupported {

    private static final Set<String> NAMES = Set.of(
            "Dropout",
            "BatchNorm",
            "BatchNorm1d",
            "BatchNorm2d",
            "Embedding",
            "LSTM",
            "GRU",
            "RNN",
            "MultiHeadAttention",
            "TransformerEncoderLayer",
            "ConvTranspose1d",
            "ConvTranspose2d",
            "ConvTranspose3d",
            "Conv1d",
            "Conv3d",
            "AvgPool2d",
            "MaxPool1d",
            "MaxPool3d",
            "AvgPool1d",
            "InstanceNorm",
            "GroupNorm",
            "dropout",
            "attention",
            "range",
            "embedding",
            "normal_like",
            "conv1d",
            "conv3d",
            "conv_transpose2d",
            "avg_pool2d",
            "lstm",
            "gru",
            "scan",
            "perplexity",
            "f1",
            "auc",
            "precision",
            "recall");

    private Unsupported() {}

    static boolean isKnown(String name) {
        return NAMES.contains(name);
    }

    static Diagnostic error(String name, Span span) {
        return Diagnostic.error("NND0899", span, "`" + name + "` is not supported by this version yet");
    }
}
