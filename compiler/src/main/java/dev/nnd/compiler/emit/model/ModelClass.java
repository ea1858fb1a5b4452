package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.DimCode;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.RuntimeNames;
import dev.nnd.compiler.emit.SourceText;
import dev.nnd.compiler.typed.TypedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** The public class of a model: weights in, predictions out. */
final class ModelClass {

    private final TypedModel model;
    private final ClassName name;
    private final ClassName weights;
    private final ClassName program;
    private final TypeName pool;
    private final List<String> variables;
    private final List<String> dims;
    private final DimCode sizes;
    private final List<String> learned;
    private final List<Edge> inputs;
    private final List<Edge> outputs;
    private final PredictMethod predict;
    private final boolean draws;
    private final Optional<DecoderMethods> decoder;

    ModelClass(
            TypedModel model,
            ClassName program,
            DimCode dims,
            List<Edge> inputs,
            List<Edge> outputs,
            PredictMethod predict,
            boolean draws,
            Optional<DecoderMethods> decoder) {
        this.model = model;
        this.decoder = decoder;
        this.name = ClassName.get(model.packageName(), model.name());
        this.weights = ClassName.get(model.packageName(), model.name() + "Weights");
        this.program = program;
        this.pool = ParameterizedTypeName.get(RuntimeNames.PROGRAM_POOL, program);
        this.variables = List.copyOf(model.freeDims());
        this.sizes = dims;
        this.dims = variables.stream().map(dims::parameter).toList();
        this.learned = List.copyOf(model.learnedDims());
        this.inputs = inputs;
        this.outputs = outputs;
        this.predict = predict;
        this.draws = draws;
    }

    GeneratedFile file() {
        var type = TypeSpec.classBuilder(name)
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .addSuperinterface(AutoCloseable.class)
                .addJavadoc("$L", doc())
                .addField(field(weights, "net"))
                .addField(field(RuntimeNames.PROVIDER, "provider"))
                .addField(field(pool, "pool"));
        learned.forEach(v -> type.addField(field(TypeName.INT, sizes.parameter(v))));
        if (draws) {
            type.addField(FieldSpec.builder(RuntimeNames.DRAWS, "draws", Modifier.PRIVATE, Modifier.FINAL)
                    .initializer("new $T()", RuntimeNames.DRAWS)
                    .build());
        }
        decoder.ifPresent(d -> type.addField(field(RuntimeNames.GENERATOR, "generator")));
        type.addMethod(constructor())
                .addMethods(new FactoryMethods(name, weights, learned, sizes).all())
                .addMethod(save());
        if (draws) {
            type.addMethod(seed());
        }
        var texts = new ArrayList<String>();
        if (predict.exists()) {
            MethodSpec method = predict.method(name);
            texts.add(method.toString());
            type.addMethod(method);
        }
        decoder.ifPresent(d -> d.methods().forEach(type::addMethod));
        type.addMethod(call()).addMethod(arenaBytes()).addMethod(parameterCount());
        learned.forEach(v -> type.addMethod(learnedSize(v)));
        type.addMethod(close());
        if (!dims.isEmpty()) {
            type.addMethod(check());
        }
        if (predict.exists()) {
            predict.result().ifPresent(type::addType);
        }
        type.addType(new CallClass(model.name(), program, dims, inputs, outputs, draws).type());
        return GeneratedFile.of(
                name.packageName(),
                model.declaration().span().file().name(),
                type.build(),
                false,
                SourceText.layouts(texts));
    }

    private static FieldSpec field(TypeName type, String name) {
        return FieldSpec.builder(type, name, Modifier.PRIVATE, Modifier.FINAL).build();
    }

    private String doc() {
        String words = model.declaration().doc();
        String text = words.isEmpty() ? "The model {@code " + model.name() + "}." : Docs.text(words);
        return text + "\n\n<p>Inputs: " + list(inputs) + ". Outputs: " + list(outputs) + ". "
                + Docs.place(model.declaration().span())
                + "\n\n<p>Thread-safe: each call borrows memory from a bounded pool. Close the model to free its weights.\n";
    }

    private static String list(List<Edge> edges) {
        return edges.stream().map(Edge::describe).collect(Collectors.joining("; "));
    }

    private MethodSpec constructor() {
        List<String> casts = new ArrayList<>();
        for (int i = 0; i < dims.size(); i++) {
            casts.add(", (int) dims[" + i + "]");
        }
        learned.forEach(v -> casts.add(", net." + sizes.parameter(v)));
        var constructor = MethodSpec.constructorBuilder();
        learned.forEach(v -> constructor.addStatement("this.$1L = net.$1L", sizes.parameter(v)));
        constructor
                .addParameter(weights, "net")
                .addParameter(RuntimeNames.PROVIDER, "provider")
                .addStatement("this.net = net")
                .addStatement("this.provider = provider")
                .addStatement("int programs = $T.getRuntime().availableProcessors()", Runtime.class)
                .addStatement(
                        "pool = new $T<>($S, dims -> $T.bind(provider, net$L), programs)",
                        RuntimeNames.PROGRAM_POOL,
                        model.name(),
                        program,
                        String.join("", casts));
        String given = learned.stream().map(v -> ", net." + sizes.parameter(v)).collect(Collectors.joining());
        decoder.ifPresent(d -> d.construct(constructor, given));
        return constructor.build();
    }

    private MethodSpec save() {
        return MethodSpec.methodBuilder("save")
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("Writes the weights as a safetensors file, which is replaced as a whole or not at all.\n")
                .addParameter(Path.class, "weights")
                .addStatement("net.parameters().save(weights)")
                .build();
    }

    private static MethodSpec seed() {
        return MethodSpec.methodBuilder("seed")
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc(
                        "Starts the model's random numbers anew: the same seed gives the same results in the same order\n"
                                + "of runs. A new model has seed 0.\n")
                .addParameter(long.class, "seed")
                .addStatement("draws.seed(seed)")
                .build();
    }

    private MethodSpec.Builder withDims(MethodSpec.Builder method) {
        dims.forEach(d -> method.addParameter(int.class, d));
        for (int i = 0; i < dims.size(); i++) {
            method.addJavadoc("@param $L $L, at least 1\n", dims.get(i), variables.get(i));
        }
        if (!dims.isEmpty()) {
            method.addStatement("check($L)", String.join(", ", dims));
        }
        return method;
    }

    private MethodSpec call() {
        String arguments = dims.stream().map(d -> ", " + d).collect(Collectors.joining());
        return withDims(MethodSpec.methodBuilder("call")
                        .addModifiers(Modifier.PUBLIC)
                        .addJavadoc(
                                "Borrows memory and ops for these sizes; waits if all are in use. Close the call to give them back.\n\n")
                        .returns(name.nestedClass("Call")))
                .addStatement(
                        "return new Call(pool, pool.borrow($L)$L$L)",
                        String.join(", ", dims),
                        draws ? ", draws" : "",
                        arguments)
                .build();
    }

    private MethodSpec arenaBytes() {
        String arguments = dims.stream().map(d -> ", " + d).collect(Collectors.joining());
        return withDims(MethodSpec.methodBuilder("arenaBytes")
                        .addModifiers(Modifier.PUBLIC)
                        .addJavadoc("How many bytes a call for these sizes takes beside the weights.\n\n")
                        .returns(long.class))
                .addStatement("return $T.plannedBytes(provider, net$L)", program, arguments + learnedArguments())
                .build();
    }

    private String learnedArguments() {
        return learned.stream().map(v -> ", " + sizes.parameter(v)).collect(Collectors.joining());
    }

    private MethodSpec learnedSize(String variable) {
        return MethodSpec.methodBuilder(sizes.parameter(variable))
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("$L, as learned from the data that the weights were trained on.\n", Docs.code(variable))
                .returns(int.class)
                .addStatement("return $L", sizes.parameter(variable))
                .build();
    }

    private static MethodSpec parameterCount() {
        return MethodSpec.methodBuilder("parameterCount")
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("The number of trainable scalars.\n")
                .returns(long.class)
                .addStatement("return net.parameters().count()")
                .build();
    }

    private MethodSpec close() {
        var close = MethodSpec.methodBuilder("close")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc(
                        "Frees weights and memory. Using the model or one of its calls afterwards is an error that says so.\n")
                .addStatement("pool.close()");
        decoder.ifPresent(d -> close.addStatement("generator.close()"));
        return close.addStatement("net.parameters().close()").build();
    }

    private MethodSpec check() {
        var method = MethodSpec.methodBuilder("check").addModifiers(Modifier.PRIVATE);
        if (learned.isEmpty()) {
            method.addModifiers(Modifier.STATIC);
        }
        for (int i = 0; i < dims.size(); i++) {
            method.addParameter(int.class, dims.get(i))
                    .beginControlFlow("if ($L < 1)", dims.get(i))
                    .addStatement(
                            "throw new $T($S + $L)",
                            IllegalArgumentException.class,
                            variables.get(i) + " must be at least 1, got ",
                            dims.get(i))
                    .endControlFlow();
        }
        RequirementCode.ofCalls(method, model, sizes);
        return method.build();
    }
}
