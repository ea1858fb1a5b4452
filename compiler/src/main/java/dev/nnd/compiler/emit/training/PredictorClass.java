package dev.nnd.compiler.emit.training;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.DimCode;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.data.DataShape;
import dev.nnd.compiler.emit.data.ExampleRecord;
import dev.nnd.compiler.typed.TypedData;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** The nested classes of a training class that serve the trained model: raw example in, typed answer out. */
final class PredictorClass {

    private static final ClassName SEGMENT = ClassName.get("java.lang.foreign", "MemorySegment");
    private static final ClassName VALUE_LAYOUT = ClassName.get("java.lang.foreign", "ValueLayout");

    private final TrainingNames names;
    private final Prediction prediction;
    private final DataShape shape;
    private final Map<String, String> accessors;
    private final ClassName net;
    private final boolean several;

    /** {@code several} says that the run's folder has a file of weights for each model. */
    PredictorClass(
            TrainingNames names,
            Prediction prediction,
            DataShape shape,
            Map<String, String> accessors,
            boolean several) {
        this.several = several;
        this.names = names;
        this.prediction = prediction;
        this.shape = shape;
        this.accessors = accessors;
        this.net = TrainingNames.model(prediction.model());
    }

    void addTo(TypeSpec.Builder facade) {
        facade.addMethod(load());
        if (!shape.readsAll(prediction.inputs())) {
            facade.addType(input().type("What the model's inputs are computed from, as it comes."));
        }
        facade.addType(answer()).addType(predictor());
    }

    private ClassName predictorName() {
        return names.facade().nestedClass("Predictor");
    }

    private ClassName answerName() {
        return names.facade().nestedClass("Answer");
    }

    private ExampleRecord input() {
        return new ExampleRecord(shape, "Input", prediction.inputs());
    }

    private MethodSpec load() {
        return MethodSpec.methodBuilder("load")
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .addJavadoc(
                        "Loads what a run has trained: the best weights of the run's folder, or those of its folder\n"
                                + "{@code best} or {@code last}. Close it after use.\n\n")
                .addJavadoc("@throws $T if there is no run of this section\n", RuntimeTypes.NND_EXCEPTION)
                .addParameter(java.nio.file.Path.class, "runDirectory")
                .returns(predictorName())
                .addStatement("var run = $T.open(runDirectory)", RuntimeTypes.RUN_DIRECTORY)
                .addStatement("var data = new $T()", names.data())
                .addStatement("run.loadData(data)")
                .addCode(loadNet())
                .build();
    }

    /** Sizes that are learned stand in both files. */
    private CodeBlock loadNet() {
        var load = CodeBlock.of(
                "$T.load(run.weights($L))",
                net,
                several ? CodeBlock.of("$S", prediction.model().name()) : "");
        var sizes = List.copyOf(prediction.model().model().learnedDims());
        if (sizes.isEmpty()) {
            return CodeBlock.builder()
                    .addStatement("return new $T($L, data)", predictorName(), load)
                    .build();
        }
        var accessors = new DimCode(sizes);
        var body = CodeBlock.builder().addStatement("var net = $L", load);
        for (String size : sizes) {
            TypedData.Field field = shape.counted(size).orElseThrow();
            body.addStatement(
                    "run.requireSize($S, net.$L(), data.$L())",
                    size,
                    accessors.parameter(size),
                    shape.countMethod(field));
        }
        return body.addStatement("return new $T(net, data)", predictorName()).build();
    }

    private TypeSpec predictor() {
        return TypeSpec.classBuilder("Predictor")
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
                .addSuperinterface(AutoCloseable.class)
                .addJavadoc("A trained model with what it learned about its data. Thread-safe.\n")
                .addField(net, "net", Modifier.PRIVATE, Modifier.FINAL)
                .addField(names.data(), "data", Modifier.PRIVATE, Modifier.FINAL)
                .addMethod(MethodSpec.constructorBuilder()
                        .addModifiers(Modifier.PRIVATE)
                        .addParameter(net, "net")
                        .addParameter(names.data(), "data")
                        .addStatement("this.net = net")
                        .addStatement("this.data = data")
                        .build())
                .addMethod(predict())
                .addMethod(read())
                .addMethod(MethodSpec.methodBuilder("close")
                        .addAnnotation(Override.class)
                        .addModifiers(Modifier.PUBLIC)
                        .addStatement("net.close()")
                        .build())
                .build();
    }

    private MethodSpec predict() {
        boolean all = shape.readsAll(prediction.inputs());
        TypeName example =
                all ? names.data().nestedClass("Example") : names.facade().nestedClass("Input");
        var method = MethodSpec.methodBuilder("predict")
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("What the model says about one example.\n")
                .addParameter(example, "example")
                .returns(answerName());
        if (prediction.classes().isPresent()) {
            method.addJavadoc(
                    "\n@throws $T if what the model gives is no number, so that no class is the likeliest\n",
                    RuntimeTypes.NND_EXCEPTION);
        }
        method.addStatement(
                "var row = $L", all ? CodeBlock.of("$T.row(example)", names.data()) : input().row("example"));
        String sizes = prediction.freeDims().stream().map(String::valueOf).collect(Collectors.joining(", "));
        method.beginControlFlow("try (var call = net.call($L))", sizes);
        List<dev.nnd.compiler.typed.TypedBlock.Input> inputs =
                prediction.model().model().block().inputs();
        for (int i = 0; i < inputs.size(); i++) {
            TypedData.Field field = prediction.inputs().get(i);
            method.addStatement(
                    "data.encode($T.$L, row, call.$L(), 0)",
                    names.data(),
                    shape.indexConstant(field),
                    accessor(inputs.get(i).name()));
        }
        return method.addStatement("call.run()")
                .addStatement(
                        "return answer(call.$L())", accessor(prediction.output().name()))
                .endControlFlow()
                .build();
    }

    private String accessor(String port) {
        return Objects.requireNonNull(accessors.get(port), () -> "no accessor for " + port);
    }

    private MethodSpec read() {
        var method = MethodSpec.methodBuilder("answer")
                .addModifiers(Modifier.PRIVATE)
                .addParameter(SEGMENT, "output")
                .returns(answerName());
        if (prediction.classes().isPresent()) {
            method.addModifiers(Modifier.STATIC);
            return method.addCode(prediction.classes().get().sigmoid() ? sigmoid() : softmax())
                    .build();
        }
        if (!prediction.invertible()) {
            method.addModifiers(Modifier.STATIC);
        }
        return method.addCode(values()).build();
    }

    private ClassName label() {
        return names.data()
                .nestedClass(shape.labelType(prediction.classes().orElseThrow().label()));
    }

    private CodeBlock softmax() {
        return CodeBlock.builder()
                .addStatement(
                        "var probabilities = new float[$L]",
                        prediction.elements().orElseThrow())
                .addStatement("int best = 0")
                .beginControlFlow("for (int i = 1; i < probabilities.length; i++)")
                .beginControlFlow(
                        "if (output.getAtIndex($1T.JAVA_FLOAT, i) > output.getAtIndex($1T.JAVA_FLOAT, best))",
                        VALUE_LAYOUT)
                .addStatement("best = i")
                .endControlFlow()
                .endControlFlow()
                .addStatement("double largest = output.getAtIndex($T.JAVA_FLOAT, best)", VALUE_LAYOUT)
                .addStatement("double sum = 0")
                .beginControlFlow("for (int i = 0; i < probabilities.length; i++)")
                .addStatement("sum += Math.exp(output.getAtIndex($T.JAVA_FLOAT, i) - largest)", VALUE_LAYOUT)
                .endControlFlow()
                .add(refuseNoNumber("sum"))
                .beginControlFlow("for (int i = 0; i < probabilities.length; i++)")
                .addStatement(
                        "probabilities[i] = (float) (Math.exp(output.getAtIndex($T.JAVA_FLOAT, i) - largest) / sum)",
                        VALUE_LAYOUT)
                .endControlFlow()
                .addStatement("return new $T($T.of(best), 1 / sum, probabilities)", answerName(), label())
                .build();
    }

    /** A comparison with NaN is false, so without this a diverged model would name the first class. */
    private CodeBlock refuseNoNumber(String value) {
        return CodeBlock.builder()
                .beginControlFlow("if ($T.isNaN($L))", Double.class, value)
                .addStatement(
                        "throw new $T($S)",
                        RuntimeTypes.NND_EXCEPTION,
                        "output `" + prediction.output().name() + "` of model `"
                                + net.simpleName()
                                + "` is no number; its weights diverged, or the example's values are outside its range")
                .endControlFlow()
                .build();
    }

    private CodeBlock sigmoid() {
        return CodeBlock.builder()
                .addStatement("double second = 1 / (1 + Math.exp(-output.get($T.JAVA_FLOAT, 0)))", VALUE_LAYOUT)
                .add(refuseNoNumber("second"))
                .addStatement("int best = second >= 0.5 ? 1 : 0")
                .addStatement("float[] probabilities = {(float) (1 - second), (float) second}")
                .addStatement(
                        "return new $T($T.of(best), best == 1 ? second : 1 - second, probabilities)",
                        answerName(),
                        label())
                .build();
    }

    private CodeBlock values() {
        var body = CodeBlock.builder();
        String original = prediction.invertible()
                ? "data." + shape.originalMethod(prediction.target().orElseThrow())
                : "";
        if (prediction.isNumber()) {
            body.addStatement("float value = output.get($T.JAVA_FLOAT, 0)", VALUE_LAYOUT);
            return original.isEmpty()
                    ? body.addStatement("return new $T(value)", answerName()).build()
                    : body.addStatement("return new $T($L(0, value), value)", answerName(), original)
                            .build();
        }
        body.addStatement(
                "var values = new float[$L]",
                prediction.elements().isPresent()
                        ? CodeBlock.of("$L", prediction.elements().getAsLong())
                        : CodeBlock.of("$T.toIntExact(output.byteSize() / $T.BYTES)", Math.class, Float.class));
        if (original.isEmpty()) {
            return body.addStatement(
                            "$T.copy(output, $T.JAVA_FLOAT, 0, values, 0, values.length)", SEGMENT, VALUE_LAYOUT)
                    .addStatement("return new $T(values)", answerName())
                    .build();
        }
        return body.addStatement("var standardized = new float[values.length]")
                .beginControlFlow("for (int i = 0; i < values.length; i++)")
                .addStatement("standardized[i] = output.getAtIndex($T.JAVA_FLOAT, i)", VALUE_LAYOUT)
                .addStatement("values[i] = $L(i, standardized[i])", original)
                .endControlFlow()
                .addStatement("return new $T(values, standardized)", answerName())
                .build();
    }

    private TypeSpec answer() {
        var record = TypeSpec.recordBuilder("Answer").addModifiers(Modifier.PUBLIC);
        var constructor = MethodSpec.constructorBuilder();
        if (prediction.classes().isPresent()) {
            record.addJavadoc(
                    "What the model says about one example.\n\n@param label the likeliest class\n"
                            + "@param probability how likely, 0 to 1\n@param probabilities of all classes, by their index; they add up to 1\n");
            constructor
                    .addParameter(label(), "label")
                    .addParameter(double.class, "probability")
                    .addParameter(float[].class, "probabilities");
            return record.recordConstructor(constructor.build()).build();
        }
        boolean one = prediction.isNumber();
        TypeName type = one ? TypeName.FLOAT : ArrayTypeName.of(float.class);
        String name = one ? "value" : "values";
        String output = Docs.code(
                prediction.output().name() + ": " + prediction.output().type());
        record.addJavadoc("What the model says about one example.\n\n@param $L ", name);
        constructor.addParameter(type, name);
        if (prediction.invertible()) {
            record.addJavadoc(
                    "output $L in the units of the column that field $L is made of\n",
                    output,
                    Docs.code(prediction.target().orElseThrow().name()));
            record.addJavadoc("@param standardized the output as the model gives it\n");
            constructor.addParameter(type, "standardized");
        } else {
            record.addJavadoc("output $L\n", output);
        }
        return record.recordConstructor(constructor.build()).build();
    }
}
