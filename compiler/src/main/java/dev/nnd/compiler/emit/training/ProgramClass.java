package dev.nnd.compiler.emit.training;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.kernel.UpdateKernel;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.compiler.typed.TypedTrain;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import javax.lang.model.element.Modifier;

/** The class that shows a train section to the training loop: settings, steps and the update. */
final class ProgramClass {

    private final TypedTrain train;
    private final TrainingNames names;
    private final UpdateKernel update;
    private final TypedTrain.Trained model;

    ProgramClass(TypedTrain train, TrainingNames names, UpdateKernel update) {
        this.train = train;
        this.names = names;
        this.update = update;
        this.model = train.models().getFirst();
    }

    TypeSpec type() {
        var type = TypeSpec.classBuilder(names.program())
                .addModifiers(Modifier.FINAL)
                .addSuperinterface(RuntimeTypes.TRAINING_PROGRAM)
                .addJavadoc(
                        "{@link $T} as the training loop sees it. $L\n",
                        names.facade(),
                        Docs.place(train.declaration().span()));
        ClassName kernels = ClassName.get(train.packageName(), update.className());
        type.addField(FieldSpec.builder(kernels, "KERNELS", Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .initializer("$T.INSTANCE", kernels)
                .build());
        type.addField(field(names.data(), "data")
                .initializer("new $T()", names.data())
                .build());
        type.addField(field(names.weights(model), "net")
                .initializer("new $T()", names.weights(model))
                .build());
        type.addField(field(RuntimeTypes.PROVIDER, "provider").build());
        type.addField(field(RuntimeTypes.RUN_SETTINGS, "settings").build());
        names.settings()
                .values()
                .forEach(s -> type.addField(field(TypeName.DOUBLE, s).build()));
        type.addMethod(constructor());
        if (!names.settings().isEmpty()) {
            type.addMethod(values());
        }
        addGetters(type);
        return type.addMethod(step("trainStep", RuntimeTypes.TRAIN_STEP, names.step()))
                .addMethod(step("evalStep", RuntimeTypes.EVAL_STEP, names.evaluation()))
                .addMethod(updateMethod())
                .addMethods(initialize().stream().toList())
                .addMethod(
                        method("close").addStatement("net.parameters().close()").build())
                .build();
    }

    private static FieldSpec.Builder field(TypeName type, String name) {
        return FieldSpec.builder(type, name, Modifier.PRIVATE, Modifier.FINAL);
    }

    private static MethodSpec.Builder method(String name) {
        return MethodSpec.methodBuilder(name).addAnnotation(Override.class).addModifiers(Modifier.PUBLIC);
    }

    private MethodSpec constructor() {
        var constructor = MethodSpec.constructorBuilder().addParameter(int.class, "threads");
        constructor.addStatement("provider = $T.best(threads)", RuntimeTypes.PROVIDER);
        for (String setting : names.settings().values()) {
            constructor.addParameter(double.class, setting);
            constructor.addStatement("this.$1L = $1L", setting);
        }
        return constructor.addStatement("settings = $L", settings()).build();
    }

    private CodeBlock settings() {
        TypedTrain.Run run = train.run();
        var metrics = train.metrics().stream()
                .map(m -> CodeBlock.of(
                        "new $T($S, $L)",
                        RuntimeTypes.RUN_SETTINGS.nestedClass("MetricInfo"),
                        m.name(),
                        m.higherIsBetter()))
                .toList();
        CodeBlock keep = run.keep()
                .map(k -> CodeBlock.of(
                        "$T.of(new $T($S, $S, $L))",
                        Optional.class,
                        RuntimeTypes.RUN_SETTINGS.nestedClass("KeepRule"),
                        k.split(),
                        k.metric(),
                        k.higherIsBetter()))
                .orElse(CodeBlock.of("$T.empty()", Optional.class));
        CodeBlock values = names.settings().isEmpty()
                ? CodeBlock.of("$T.of()", Map.class)
                : CodeBlock.of("values($L)", String.join(", ", names.settings().values()));
        return CodeBlock.of(
                "new $T(\n$>$>$L,\n$L,\n$L,\n$LL,\n$T.of($L),\n$L,\n$L)$<$<",
                RuntimeTypes.RUN_SETTINGS,
                optional(run.epochs()),
                optional(run.steps()),
                run.batch(),
                run.seed(),
                List.class,
                CodeBlock.join(metrics, ", "),
                keep,
                values);
    }

    private static CodeBlock optional(OptionalLong value) {
        return value.isPresent()
                ? CodeBlock.of("$T.of($L)", OptionalLong.class, value.getAsLong())
                : CodeBlock.of("$T.empty()", OptionalLong.class);
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
                .addStatement("return net.parameters()")
                .build());
        List<CodeBlock> states =
                states().stream().map(s -> CodeBlock.of("$S", s)).toList();
        type.addMethod(method("optimizerState")
                .returns(ParameterizedTypeName.get(List.class, String.class))
                .addStatement("return $T.of($L)", List.class, CodeBlock.join(states, ", "))
                .build());
    }

    /** The slabs of the update that live from step to step. */
    private List<String> states() {
        return update.slabs().stream()
                .filter(s -> !s.equals("p") && !s.equals("g"))
                .toList();
    }

    private static MethodSpec step(String name, TypeName result, ClassName type) {
        return method(name)
                .addParameter(int.class, "n")
                .returns(result)
                .addStatement("return new $T(provider, net, n)", type)
                .build();
    }

    /** Calls the kernel once over all parameters: their slabs, the range of elements, then the numbers of this step. */
    private MethodSpec updateMethod() {
        List<String> slabs = update.slabs().stream()
                .map(slab -> switch (slab) {
                    case "p" -> "all.values()";
                    case "g" -> "all.gradients()";
                    default -> "all.state(\"" + slab + "\")";
                })
                .toList();
        Map<String, ScalarExpr> optimizer =
                train.minimize().getFirst().optimizer().arguments();
        var numbers = new ScalarCode(names);
        var scalars = new ArrayList<String>();
        for (String scalar : update.scalars()) {
            ScalarExpr value = optimizer.get(scalar);
            scalars.add(scalar.equals("step") ? "step" : value != null ? numbers.code(value) : names.setting(scalar));
        }
        return method("update")
                .addParameter(long.class, "step")
                .addComment("$L  $L", Docs.place(train.minimize().getFirst().span()), optimizerText())
                .addStatement("var all = net.parameters()")
                .addStatement("KERNELS.$L($L)", update.name(), update.arguments(slabs, "all.slabElements()", scalars))
                .build();
    }

    private String optimizerText() {
        String text = train.minimize().getFirst().span().text().replaceAll("\\s+", " ");
        int using = text.lastIndexOf("using ");
        return using < 0 ? text : text.substring(using);
    }

    private Optional<MethodSpec> initialize() {
        return model.from()
                .map(file -> method("initialize")
                        .addParameter(long.class, "seed")
                        .addComment(
                                "The section's model starts from trained weights, so the seed is for the order of examples only.")
                        .addStatement("net.parameters().load($T.of($S))", Path.class, file)
                        .build());
    }
}
