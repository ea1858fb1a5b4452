package dev.nnd.benchmarks.dl4j;

import dev.nnd.benchmarks.Network;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The networks as configurations. */
final class Dl4jNetworks {

    private Dl4jNetworks() {}

    static MultiLayerConfiguration of(Network network) {
        return switch (network) {
            case MNIST ->
                list(adam(1e-3))
                        .layer(conv(3, 32))
                        .layer(classes())
                        .setInputType(InputType.convolutional(28, 28, 1))
                        .build();
            case LENET ->
                list(new Nesterovs(0.01, 0.9))
                        .layer(conv(5, 6))
                        .layer(pool())
                        .layer(conv(5, 16))
                        .layer(pool())
                        .layer(dense(120))
                        .layer(dense(84))
                        .layer(classes())
                        .setInputType(InputType.convolutional(32, 32, 3))
                        .build();
            case CATS ->
                list(adam(1e-4))
                        .layer(conv(3, 32))
                        .layer(pool())
                        .layer(conv(3, 64))
                        .layer(pool())
                        .layer(conv(3, 128))
                        .layer(pool())
                        .layer(conv(3, 128))
                        .layer(pool())
                        .layer(dense(512))
                        .layer(binary(512))
                        .setInputType(InputType.convolutional(150, 150, 3))
                        .build();
            case SENTIMENT ->
                list(adam(1e-3))
                        .layer(new EmbeddingSequenceLayer.Builder()
                                .nIn(1000)
                                .nOut(64)
                                .inputLength(100)
                                .hasBias(false)
                                .activation(Activation.IDENTITY)
                                .build())
                        .layer(lstm(64, 64))
                        .layer(new LastTimeStep(lstm(64, 32)))
                        .layer(binary(32))
                        .build();
            case BERT_MINI, MLP, RESNET50, BERT_BASE, GPT2 -> throw new IllegalArgumentException("no " + network);
        };
    }

    private static NeuralNetConfiguration.ListBuilder list(IUpdater updater) {
        return new NeuralNetConfiguration.Builder().updater(updater).list();
    }

    private static IUpdater adam(double lr) {
        return new Adam(lr, 0.9, 0.999, 1e-8);
    }

    private static ConvolutionLayer conv(int kernel, int out) {
        return new ConvolutionLayer.Builder(kernel, kernel)
                .nOut(out)
                .activation(Activation.RELU)
                .build();
    }

    private static SubsamplingLayer pool() {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .kernelSize(2, 2)
                .stride(2, 2)
                .build();
    }

    private static DenseLayer dense(int out) {
        return new DenseLayer.Builder().nOut(out).activation(Activation.RELU).build();
    }

    private static LSTM lstm(int in, int hidden) {
        return new LSTM.Builder()
                .nIn(in)
                .nOut(hidden)
                .activation(Activation.TANH)
                .gateActivationFunction(Activation.SIGMOID)
                .forgetGateBiasInit(0)
                .build();
    }

    private static OutputLayer classes() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(10)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static OutputLayer binary(int in) {
        return new OutputLayer.Builder(LossFunction.XENT)
                .nIn(in)
                .nOut(1)
                .activation(Activation.SIGMOID)
                .build();
    }
}
