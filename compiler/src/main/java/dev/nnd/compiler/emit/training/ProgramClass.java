package dev.nnd.compiler.emit.training;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.lower.TrainingLowering;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;

/** The class that shows a train section to the training loop: settings, steps and the update. */
final class ProgramClass {

    private final TypedTrain train;
    private final TrainingNames names;
    private final SectionCode code;
    private final UpdateMethods updates;

    ProgramClass(TypedTrain train, TrainingNames names, SectionCode code) {
        this.train = train;
        this.names = names;
        this.code = code;
        this.updates = new UpdateMethods(train, names, code);
    }

    TypeSpec type() {
        var type = TypeSpec.classBuilder(names.program())
                .addModifiers(Modifier.FINAL)
                .addSuperinterface(RuntimeTypes.TRAINING_PROGRAM)
                .addJavadoc(
                        "{@link $T} as the training loop sees it. $L\n",
                        names.facade(),
                        Docs.place(train.declaration().span()));
        updates.kernelFields().forEach(type::addField);
        type.addField(field(names.data(), "data")
                .initializer("new $T()", names.data())
                .build());
        ClassName weights = ClassName.get(train.packageName(), code.weights());
        if (code.sizes().isEmpty()) {
            type.addField(field(weights, "net").initializer("new $T()", weights).build());
        } else {
            type.addField(FieldSpec.builder(weights, "net", Modifier.PRIVATE).build());
        }
        type.addField(field(RuntimeTypes.PROVIDER, "provider").build());
        type.addField(field(RuntimeTypes.RUN_SETTINGS, "settings").build());
        names.settings()
                .values()
                .forEach(s -> type.addField(field(TypeName.DOUBLE, s).build()));
        updates.schedules()
                .forEach((name, _) ->
                        type.addField(field(RuntimeTypes.SCHEDULE, name).build()));
        if (!updates.schedules().isEmpty()) {
            type.addField(FieldSpec.builder(RuntimeTypes.RUN_LENGTH, "length", Modifier.PRIVATE)
                    .initializer("$T.UNKNOWN", RuntimeTypes.RUN_LENGTH)
                    .build());
        }
        updates.prepared().forEach(p -> p.field().ifPresent(type::addField));
        updates.loops()
                .forEach((loop, _) ->
                        type.addField(field(RuntimeTypes.SHARED_LOOP, loop).build()));
        type.addField(FieldSpec.builder(long.class, "step", Modifier.PRIVATE)
                .addJavadoc("That of the last update; the first is 1.\n")
                .build());
        type.addMethod(constructor());
        if (!code.sizes().isEmpty()) {
            type.addMethod(net(weights));
        }
        if (!names.settings().isEmpty()) {
            type.addMethod(values());
        }
        addGetters(type);
        type.addMethod(trainStep());
        type.addMethod(method("evalStep")
                .addParameter(int.class, "n")
                .returns(RuntimeTypes.EVAL_STEP)
                .addStatement("return $L", made(names.evaluation().simpleName(), code.evaluationSettings()))
                .build());
        Streams.method(train).ifPresent(type::addMethod);
        Prediction.of(train).flatMap(ProgramClass::predicted).ifPresent(type::addMethod);
        if (!updates.schedules().isEmpty()) {
            type.addMethod(method("begin")
                    .addParameter(RuntimeTypes.RUN_LENGTH, "run")
                    .addStatement("length = run")
                    .build());
        }
        type.addMethods(updates.methods());
        return type.addMethods(initialize().stream().toList())
                .addMethod(close())
                .build();
    }

    /** For reports. */
    private static Optional<MethodSpec> predicted(Prediction prediction) {
        String kind = prediction
                .classes()
                .map(c -> c.sigmoid() ? "SIGMOID" : "SOFTMAX")
                .orElse("NUMBERS");
        return prediction
                .compared()
                .map(field -> method("predicted")
                        .returns(ParameterizedTypeName.get(ClassName.get(Optional.class), RuntimeTypes.PREDICTED))
                        .addStatement(
                                "return $T.of(new $T($T.$L, $S))",
                                Optional.class,
                                RuntimeTypes.PREDICTED,
                                RuntimeTypes.PREDICTED.nestedClass("Kind"),
                                kind,
                                field.name())
                        .build());
    }

    private MethodSpec close() {
        var method = method("close");
        return code.sizes().isEmpty()
                ? method.addStatement("net.parameters().close()").build()
                : method.beginControlFlow("if (net != null)")
                        .addStatement("net.parameters().close()")
                        .endControlFlow()
                        .build();
    }

    /** Weights whose sizes are learned are made when the data is known. */
    private MethodSpec net(ClassName weights) {
        return MethodSpec.methodBuilder("net")
                .addModifiers(Modifier.PRIVATE)
                .addJavadoc("The weights; their sizes are learned from the data, so it is read before the first use.\n")
                .returns(weights)
                .beginControlFlow("if (net == null)")
                .addStatement("net = new $T($L)", weights, sizes(code.weightSizes()))
                .endControlFlow()
                .addStatement("return net")
                .build();
    }

    /** {@code data.tokensVocab()} for each learned size. */
    private String sizes(Collection<String> variables) {
        return variables.stream()
                .map(v -> "data." + Objects.requireNonNull(code.sizes().get(v)) + "()")
                .collect(Collectors.joining(", "));
    }

    private static FieldSpec.Builder field(TypeName type, String name) {
        return FieldSpec.builder(type, name, Modifier.PRIVATE, Modifier.FINAL);
    }

    private static MethodSpec.Builder method(String name) {
        return MethodSpec.methodBuilder(name).addAnnotation(Override.class).addModifiers(Modifier.PUBLIC);
    }

    private MethodSpec constructor() {
        var constructor = MethodSpec.constructorBuilder()
                .addParameter(RuntimeTypes.PROVIDER, "provider")
                .addStatement("this.provider = provider");
        updates.prepared().forEach(p -> p.made().ifPresent(constructor::addStatement));
        updates.loops()
                .forEach((loop, range) -> constructor.addStatement(
                        "$L = new $T(provider, this::$L)", loop, RuntimeTypes.SHARED_LOOP, range));
        for (String setting : names.settings().values()) {
            constructor.addParameter(double.class, setting);
            constructor.addStatement("this.$1L = $1L", setting);
        }
        updates.schedules().forEach((name, schedule) -> constructor.addStatement("$L = $L", name, schedule));
        return constructor
                .addStatement("settings = $L", SettingsCode.of(train, names, code))
                .build();
    }

    private MethodSpec values() {
        var type = ParameterizedTypeName.get(Map.class, String.class, Double.class);
        var method = MethodSpec.methodBuilder("values")
                .addModifiers(Modifier.PRIVATE, Modifier.STATIC)
                .returns(type);
        method.addStatement("var values = new $T<$T, $T>()", LinkedHashMap.class, String.class, Double.class);
        names.settings().forEach((name, java) -> {
            method.addParameter(double.class, java);
            method.addStatement("values.put($S, $L)", name, java);
        });
        return method.addStatement("return values").build();
    }

    private void addGetters(TypeSpec.Builder type) {
        type.addMethod(method("name")
                .returns(String.class)
                .addStatement("return $S", train.name())
                .build());
        type.addMethod(method("settings")
                .returns(RuntimeTypes.RUN_SETTINGS)
                .addStatement("return settings")
                .build());
        type.addMethod(method("data")
                .returns(RuntimeTypes.DATASET)
                .addStatement("return data")
                .build());
        type.addMethod(method("parameters")
                .returns(RuntimeTypes.PARAMETER_SET)
                .addStatement("return $L.parameters()", code.net())
                .build());
        if (train.models().size() > 1) {
            type.addMethod(strings("models", train.models().stream().map(TypedTrain.Trained::name)));
        }
        if (code.several()) {
            type.addMethod(method("statements")
                    .returns(int.class)
                    .addStatement("return $L", code.statements().size())
                    .build());
        }
        type.addMethod(strings("optimizerState", updates.states().stream()));
    }

    private static MethodSpec strings(String name, Stream<String> values) {
        return method(name)
                .returns(ParameterizedTypeName.get(List.class, String.class))
                .addStatement(
                        "return $T.of($L)",
                        List.class,
                        CodeBlock.join(values.map(s -> CodeBlock.of("$S", s)).toList(), ", "))
                .build();
    }

    private CodeBlock made(String type, List<String> settings) {
        String more = settings.stream().map(s -> ", " + names.setting(s)).collect(Collectors.joining());
        String learned = code.sizes().isEmpty() ? "" : ", " + sizes(code.sizes().keySet());
        return CodeBlock.of(
                "new $T(provider, $L, n$L$L)", ClassName.get(train.packageName(), type), code.net(), learned, more);
    }

    private MethodSpec trainStep() {
        var method = method("trainStep")
                .addParameter(int.class, "statement")
                .addParameter(int.class, "n")
                .returns(RuntimeTypes.TRAIN_STEP);
        StatementCode first = code.statements().getFirst();
        if (!code.several()) {
            return method.addStatement("return $L", made(first.step(), first.settings()))
                    .build();
        }
        method.beginControlFlow("return switch (statement)");
        for (int i = 0; i < code.statements().size(); i++) {
            StatementCode statement = code.statements().get(i);
            method.addStatement("case $L -> $L", i, made(statement.step(), statement.settings()));
        }
        return method.addStatement(
                        "default -> throw new $T($S + statement)",
                        IndexOutOfBoundsException.class,
                        "there is no statement ")
                .addCode("$<};\n")
                .build();
    }

    /** For models that start from weights trained before. */
    private Optional<MethodSpec> initialize() {
        if (train.models().stream().allMatch(m -> m.from().isEmpty())) {
            return Optional.empty();
        }
        var method = method("initialize")
                .addParameter(long.class, "seed")
                .addParameter(RuntimeTypes.PRETRAINED, "pretrained")
                .addStatement("$L.parameters().initialize(seed)", code.net());
        for (TypedTrain.Trained model : train.models()) {
            model.from()
                    .ifPresent(weights -> method.addStatement(
                            model.adapters().map(a -> adapt(a, weights)).orElseGet(() -> load(model, weights))));
        }
        return Optional.of(method.build());
    }

    private CodeBlock load(TypedTrain.Trained model, TypedTrain.Weights weights) {
        var call = CodeBlock.builder()
                .add(
                        "pretrained.load($L.parameters(), $S, $S, $L",
                        code.net(),
                        weights.file(),
                        TrainingLowering.prefix(train, model),
                        model.frozen());
        return mapped(call, weights);
    }

    private CodeBlock adapt(TypedTrain.Adapters adapters, TypedTrain.Weights weights) {
        var moved = adapters.moved().stream().map(n -> CodeBlock.of("$S", n)).toList();
        return mapped(
                CodeBlock.builder()
                        .add(
                                "pretrained.adapt($L.parameters(), $S, $L, $T.of($L)",
                                code.net(),
                                weights.file(),
                                adapters.alpha(),
                                List.class,
                                CodeBlock.join(moved, ", ")),
                weights);
    }

    private static CodeBlock mapped(CodeBlock.Builder call, TypedTrain.Weights weights) {
        for (TypedTrain.Mapping mapping : weights.mapping()) {
            call.add(
                    ", new $T($S, $S)", RuntimeTypes.PRETRAINED.nestedClass("Mapping"), mapping.file(), mapping.here());
        }
        return call.add(")").build();
    }
}
