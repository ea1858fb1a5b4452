package dev.nnd.benchmarks;

import java.util.Locale;

/** The networks that are trained or asked. Their {@code .nnd} text is the definition; each contender builds the same from the same weights. */
public enum Network {
    MNIST(true, "MnistCnn", 10, 1, 28, 28),
    LENET(true, "LeNetModel", 10, 3, 32, 32),
    CATS(true, "CatsModel", 2, 3, 150, 150),
    SENTIMENT(true, "SentimentModel", 2, 100),
    BERT_MINI(true, "BertMiniModel", 2, 128),
    MLP(false, "Mlp", 0, 784),
    RESNET50(false, "ResNet50", 0, 3, 224, 224),
    BERT_BASE(false, "BertBase", 0, 128),
    GPT2(false, "Gpt2", 0, 128);

    /** How many words a text that is continued gets. */
    public static final int CONTINUATION = 128;

    private final boolean training;
    private final String model;
    private final int classes;
    private final long[] example;

    Network(boolean training, String model, int classes, long... example) {
        this.training = training;
        this.model = model;
        this.classes = classes;
        this.example = example;
    }

    /** Whether a step is one of training, else a prediction. */
    public boolean training() {
        return training;
    }

    /** Whether there is an ONNX file of it. */
    boolean exported() {
        return !training;
    }

    /** Whether a text is continued a word at a time; its ONNX file is that of a single step. */
    boolean decoded() {
        return this == GPT2;
    }

    /** The model's name in its {@code .nnd} file. */
    public String model() {
        return model;
    }

    /** The name of the train section; of a network for predictions, nothing. */
    String section() {
        return switch (this) {
            case MNIST -> "Mnist";
            case LENET -> "LeNet";
            case CATS -> "Cats";
            case SENTIMENT -> "Sentiment";
            case BERT_MINI -> "BertMini";
            case MLP, RESNET50, BERT_BASE, GPT2 -> "";
        };
    }

    /** How often a step reads or writes each weight at least: predictions read it once, a word at a time; optimizers also their states. */
    int touches() {
        return switch (this) {
            case MNIST, CATS, SENTIMENT, BERT_MINI -> 7;
            case LENET -> 5;
            case MLP, RESNET50, BERT_BASE -> 1;
            case GPT2 -> CONTINUATION;
        };
    }

    /** How many labels there are; 0 without labels. */
    public int classes() {
        return classes;
    }

    /** The dims of one example of the first input. */
    public long[] example() {
        return example.clone();
    }

    /** The number of elements of one example of the first input. */
    public int exampleElements() {
        long product = 1;
        for (long dim : example) {
            product *= dim;
        }
        return Math.toIntExact(product);
    }

    /** How many words there are; 0 if the first input holds numbers. */
    public int vocabulary() {
        return switch (this) {
            case SENTIMENT -> 1000;
            case BERT_MINI, BERT_BASE -> 30_522;
            case GPT2 -> 50_257;
            case MNIST, LENET, CATS, MLP, RESNET50 -> 0;
        };
    }

    /** The name of its files. */
    public String file() {
        return name().toLowerCase(Locale.ROOT);
    }
}
