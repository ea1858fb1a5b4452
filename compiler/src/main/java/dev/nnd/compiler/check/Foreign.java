package dev.nnd.compiler.check;

import java.util.Optional;

/** What people who come from PyTorch, Keras or NumPy write, and what it is here. */
final class Foreign {

    private Foreign() {}

    /** The name here for a layer or function known under another name. */
    static Optional<String> name(String text) {
        return Optional.ofNullable(
                switch (text) {
                    case "True", "TRUE" -> "true";
                    case "False", "FALSE" -> "false";
                    case "None", "null", "nil", "NULL" -> "none";
                    case "newaxis" -> "none";
                    case "Linear", "FullyConnected", "FC" -> "Dense";
                    case "Conv", "Convolution", "Conv2D", "Convolution2d" -> "Conv2d";
                    case "MaxPool", "MaxPooling2D", "MaxPool2D" -> "MaxPool2d";
                    case "ReLU", "Relu" -> "relu";
                    case "Tanh" -> "tanh";
                    case "Sigmoid" -> "sigmoid";
                    case "GELU", "Gelu" -> "gelu";
                    case "SiLU", "Swish", "swish" -> "silu";
                    case "ELU" -> "elu";
                    case "LeakyReLU", "LeakyRelu" -> "leaky_relu";
                    case "Softmax" -> "softmax";
                    case "LogSoftmax" -> "log_softmax";
                    case "Flatten" -> "flatten";
                    case "Reshape", "view" -> "reshape";
                    case "GlobalAveragePooling2D", "AdaptiveAvgPool2d" -> "GlobalAvgPool2d";
                    case "CrossEntropyLoss", "nll" -> "cross_entropy";
                    case "MSELoss", "mean_squared_error" -> "mse";
                    case "L1Loss", "mean_absolute_error" -> "mae";
                    case "BCEWithLogitsLoss", "bce" -> "binary_cross_entropy";
                    case "permute" -> "transpose";
                    case "where" -> "select";
                    case "astype" -> "cast";
                    default -> null;
                });
    }
}
