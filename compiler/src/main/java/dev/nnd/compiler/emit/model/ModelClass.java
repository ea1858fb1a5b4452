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
    private final List<Edge> inputs;
    private final List<Edge> outputs;
    private final PredictMethod predict;
    private final boolean draws;

    ModelClass(
            TypedModel model,
            ClassName program,
            DimCode dims,
            List<Edge> inputs,
            List<Edge> outputs,
            PredictMethod predict,
            boolean draws) {
        this.model = model;
        this.name = ClassName.get(model.packageName(), model.name());
        this.weights = ClassName.get(model.packageName(), model.name() + "Weights");
        this.program = program;
        this.pool = ParameterizedTypeName.get(RuntimeNames.PROGRAM_POOL, program);
        this.variables = List.copyOf(model.freeDims());
        this.dims = dims.parameters();
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
        if (draws) {
            type.addField(FieldSpec.builder(RuntimeNames.DRAWS, "draws", Modifier.PRIVATE, Modifier.FINAL)
                    .initializer("new $T()", RuntimeNames.DRAWS)
                    .build());
        }
        type.addMethod(constructor())
                .addMethod(load())
                .addMethod(loadWithThreads())
                .addMethod(initialize())
                .addMethod(initializeWithThreads())
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
        type.addMethod(call())
                .addMethod(arenaBytes())
                .addMethod(parameterCount())
                .addMethod(close());
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
        return MethodSpec.constructorBuilder()
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
                        String.join("", casts))
                .build();
    }

    private MethodSpec load() {
        return MethodSpec.methodBuilder("load")
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .addJavadoc(
                        "A model with weights from a safetensors file, for one thread a call.\n\n"
                                + "@param weights a file with every parameter under its name and in its shape\n"
                                + "@throws dev.nnd.runtime.NndException if the file does not fit: it names what is missing or misshaped\n")
                .addParameter(Path.class, "weights")
                .returns(name)
                .addStatement("return load(weights, 1)")
                .build();
    }

    private MethodSpec loadWithThreads() {
        return MethodSpec.methodBuilder("load")
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .addJavadoc(
                        "A model with weights from a safetensors file.\n\n"
                                + "@param weights a file with every parameter under its name and in its shape\n"
                                + "@param threads of each call, at least 1: several make a large call faster; for many small ones at a"
                                + " time 1 is best\n"
                                + "@throws dev.nnd.runtime.NndException if the file does not fit: it names what is missing or misshaped\n")
                .addParameter(Path.class, "weights")
                .addParameter(int.class, "threads")
                .returns(name)
                .addStatement("var net = new $T()", this.weights)
                .addStatement("net.parameters().load(weights)")
                .addStatement("return new $T(net, $T.best(threads))", name, RuntimeNames.PROVIDER)
                .build();
    }

    private MethodSpec initialize() {
        return MethodSpec.methodBuilder("initialize")
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .addJavadoc("A model with random weights, the same for the same seed, for one thread a call.\n")
                .addParameter(long.class, "seed")
                .returns(name)
                .addStatement("return initialize(seed, 1)")
                .build();
    }

    private MethodSpec initializeWithThreads() {
        return MethodSpec.methodBuilder("initialize")
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .addJavadoc(
                        "A model with random weights, the same for the same seed.\n\n@param threads of each call, at least 1\n")
                .addParameter(long.class, "seed")
                .addParameter(int.class, "threads")
                .returns(name)
                .addStatement("var net = new $T()", weights)
                .addStatement("net.parameters().initialize(seed)")
                .addStatement("return new $T(net, $T.best(threads))", name, RuntimeNames.PROVIDER)
                .build();
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
                .addStatement("return $T.plannedBytes(provider, net$L)", program, arguments)
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

    private static MethodSpec close() {
        return MethodSpec.methodBuilder("close")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc(
                        "Frees weights and memory. Using the model or one of its calls afterwards is an error that says so.\n")
                .addStatement("pool.close()")
                .addStatement("net.parameters().close()")
                .build();
    }

    private MethodSpec check() {
        var method = MethodSpec.methodBuilder("check").addModifiers(Modifier.PRIVATE, Modifier.STATIC);
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
        RequirementCode.add(method, model);
        return method.build();
    }
}
