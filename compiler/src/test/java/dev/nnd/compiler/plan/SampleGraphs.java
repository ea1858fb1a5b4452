package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.TestGraphs;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Graphs as the lowering makes them of library layers. */
public final class SampleGraphs {

    private static final Dim N = Dim.variable("N");

    private SampleGraphs() {}

    /** A place with this text and instance path. */
    public static Origin origin(String text, String instance) {
        var file = new SourceFile("sample.nnd", text);
        return new Origin(new Span(file, 0, text.length()), instance, text);
    }

    /** A type of dtype f32 over free dims (text) and sizes (numbers). */
    public static TensorType f32(Object... dims) {
        return type(DType.F32, dims);
    }

    /** The same of any dtype. */
    public static TensorType type(DType dtype, Object... dims) {
        var list = new ArrayList<Dim>();
        Arrays.stream(dims).forEach(d -> list.add(d instanceof Integer i ? Dim.of(i) : Dim.variable((String) d)));
        return new TensorType(dtype, list);
    }

    /** A window without dilation. */
    public static Op.Window window(int kernel, int stride, int padding) {
        return TestGraphs.window(kernel, stride, padding);
    }

    /** A square convolution with a bias that is added, as the library writes it. */
    public static Value conv2d(GraphBuilder to, String name, Value x, int outputs, int kernel, int padding) {
        int inputs = (int) x.type().dim(1).constant().orElseThrow();
        Value w = to.input(Port.Role.PARAMETER, name + ".weight", f32(outputs, inputs, kernel, kernel));
        Value b = to.input(Port.Role.PARAMETER, name + ".bias", f32(outputs));
        to.at(origin("Conv2d(" + outputs + ", kernel: " + kernel + ")", name));
        var op = new Op.Convolution(window(kernel, 1, padding), 1, false, false);
        Value product = to.apply(op, x, w);
        Value bias = to.reshape(b, List.of(Dim.of(outputs), Dim.ONE, Dim.ONE));
        return to.apply(name, new Op.Binary(Op.BinaryFunction.ADD), product, bias);
    }

    /** A dense layer, as the library writes it. */
    public static Value dense(GraphBuilder to, String name, Value x, int outputs) {
        Value w = to.input(
                Port.Role.PARAMETER,
                name + ".weight",
                new TensorType(DType.F32, List.of(Dim.of(outputs), x.type().dim(-1))));
        Value b = to.input(Port.Role.PARAMETER, name + ".bias", f32(outputs));
        to.at(origin("Dense(" + outputs + ")", name));
        Value product = to.matMul(x, to.transpose(w, List.of(1, 0)), false, false);
        return to.apply(name, new Op.Binary(Op.BinaryFunction.ADD), product, b);
    }

    /** -mean(pick(log_softmax(logits), label)). */
    public static Value crossEntropy(GraphBuilder to, Value logits, Value label) {
        to.at(origin("cross_entropy(net(image), label)", ""));
        Value picked = to.apply(new Op.Pick(), to.apply(new Op.LogSoftmax(), logits), label);
        return to.negate(to.reduce(Op.ReduceFunction.MEAN, picked, List.of(0), false));
    }

    /** mean(argmax(logits) == label). */
    public static Value accuracy(GraphBuilder to, Value logits, Value label) {
        to.at(origin("accuracy(net(image), label)", ""));
        Value hit = to.compare(Op.Comparison.EQUAL, to.apply(new Op.ArgMax(), logits), label);
        return to.reduce(Op.ReduceFunction.MEAN, to.cast(hit, DType.F32), List.of(0), false);
    }

    /** The train section of mnist_cnn.nnd, before any pass. */
    public static Graph mnist() {
        var to = new GraphBuilder("MnistTraining");
        Value image = to.input(Port.Role.INPUT, "image", f32("N", 1, 28, 28));
        Value label = to.input(Port.Role.INPUT, "label", type(DType.I32, "N"));
        Value conv = conv2d(to, "conv2d", image, 32, 3, 0);
        to.at(origin("relu", ""));
        Value relu = to.unary(Op.UnaryFunction.RELU, conv);
        to.at(origin("flatten", ""));
        Value flat = to.reshape(relu, List.of(N, Dim.of(32 * 26 * 26)));
        Value logits = dense(to, "dense", flat, 10);
        to.output(Port.Role.LOSS, "loss", crossEntropy(to, logits, label));
        to.output(Port.Role.METRIC, "accuracy", accuracy(to, logits, label));
        return to.build();
    }
}
