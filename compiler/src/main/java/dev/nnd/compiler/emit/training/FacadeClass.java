package dev.nnd.compiler.emit.training;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.data.DataShape;
import dev.nnd.compiler.typed.TypedTrain;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import javax.lang.model.element.Modifier;

/** The class that users of a train section see: a builder, {@code train()} and {@code load}. */
final class FacadeClass {

    private final TypedTrain train;
    private final TrainingNames names;
    private final SectionCode code;
    private final ClassName builder;

    FacadeClass(TypedTrain train, TrainingNames names, SectionCode code) {
        this.train = train;
        this.names = names;
        this.code = code;
        this.builder = names.facade().nestedClass("Builder");
    }

    TypeSpec type() {
        var type = TypeSpec.classBuilder(names.facade())
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .addJavadoc("$L", doc())
                .addField(RuntimeTypes.TRAINING_OPTIONS, "options", Modifier.PRIVATE, Modifier.FINAL)
                .addField(RuntimeTypes.PROGRESS_LISTENER, "progress", Modifier.PRIVATE, Modifier.FINAL);
        names.settings().values().forEach(s -> type.addField(double.class, s, Modifier.PRIVATE, Modifier.FINAL));
        type.addMethod(constructor())
                .addMethod(MethodSpec.methodBuilder("builder")
                        .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                        .addJavadoc(
                                "A training with the section's settings, to be changed before {@link Builder#build()}.\n")
                        .returns(builder)
                        .addStatement("return new $T()", builder)
                        .build())
                .addMethod(trainMethod());
        Prediction.of(train).ifPresent(p -> predictor(p, type));
        return type.addType(builderType()).build();
    }

    /** A model that has no class of its own is trained, and saved, but not served. */
    private void predictor(Prediction prediction, TypeSpec.Builder type) {
        String model = prediction.model().name();
        Map<String, String> calls = code.accessors().get(model);
        if (calls != null) {
            boolean several = train.models().size() > 1;
            Prediction served = prediction.servedBy(code.classes().get(model));
            new PredictorClass(names, served, new DataShape(train.data()), calls, several).addTo(type);
        }
    }

    private MethodSpec constructor() {
        var constructor = MethodSpec.constructorBuilder()
                .addModifiers(Modifier.PRIVATE)
                .addParameter(builder, "builder")
                .addStatement("options = builder.options")
                .addStatement("progress = builder.progress");
        names.settings().values().forEach(s -> constructor.addStatement("$1L = builder.$1L", s));
        return constructor.build();
    }

    private String doc() {
        String written = train.declaration().doc().isEmpty()
                ? ""
                : Docs.text(train.declaration().doc()) + "\n\n<p>";
        String models = String.join(
                ", ",
                train.models().stream()
                        .map(m -> Docs.code(m.model().name()))
                        .distinct()
                        .toList());
        return written + "Trains " + models + " on " + Docs.code(train.data().name()) + ". "
                + Docs.place(train.declaration().span()) + "\n";
    }

    private MethodSpec trainMethod() {
        var arguments = CodeBlock.builder().add(provider());
        names.settings().values().forEach(setting -> arguments.add(", $L", setting));
        return MethodSpec.methodBuilder("train")
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc(
                        "Trains, as {@code nnd train} does, and leaves a run folder.\n\n@throws $T if the data or a setting is not usable\n",
                        RuntimeTypes.NND_EXCEPTION)
                .returns(RuntimeTypes.TRAINING_RUN)
                .beginControlFlow("try (var program = new $T($L))", names.program(), arguments.build())
                .addStatement("return $T.train(program, options, progress)", RuntimeTypes.TRAINER)
                .endControlFlow()
                .build();
    }

    private CodeBlock provider() {
        CodeBlock best = CodeBlock.of("$T.best(options.threads())", RuntimeTypes.PROVIDER);
        return switch (train.run().precision()) {
            case F32, TF32, F16 -> best;
            case BF16 -> CodeBlock.of("$L.with($T.BF16)", best, RuntimeTypes.PRECISION);
        };
    }

    private TypeSpec builderType() {
        var type = TypeSpec.classBuilder("Builder")
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
                .addJavadoc("Settings of one training. Each method changes this builder and returns it.\n");
        type.addField(FieldSpec.builder(RuntimeTypes.TRAINING_OPTIONS, "options", Modifier.PRIVATE)
                .initializer(
                        "$T.of($T.of($S)).withThreads(Runtime.getRuntime().availableProcessors())",
                        RuntimeTypes.TRAINING_OPTIONS,
                        Path.class,
                        "data")
                .build());
        type.addField(FieldSpec.builder(RuntimeTypes.PROGRESS_LISTENER, "progress", Modifier.PRIVATE)
                .initializer("$T.NONE", RuntimeTypes.PROGRESS_LISTENER)
                .build());
        for (TypedTrain.Setting setting : train.settings()) {
            type.addField(FieldSpec.builder(double.class, names.setting(setting.name()), Modifier.PRIVATE)
                    .initializer("$L", setting.value())
                    .build());
        }
        type.addMethod(
                MethodSpec.constructorBuilder().addModifiers(Modifier.PRIVATE).build());
        addOptions(type);
        train.settings().forEach(s -> addSetting(type, s));
        return type.addMethod(MethodSpec.methodBuilder("build")
                        .addModifiers(Modifier.PUBLIC)
                        .addJavadoc("A training with these settings.\n")
                        .returns(names.facade())
                        .addStatement("return new $T(this)", names.facade())
                        .build())
                .build();
    }

    private void addOptions(TypeSpec.Builder type) {
        type.addMethod(option(
                TypeName.get(Path.class),
                "data",
                "The folder with the files of the data section; {@code data} if not set."));
        type.addMethod(option(
                TypeName.get(Path.class), "out", "The run's folder; {@code runs/" + train.name() + "} if not set."));
        type.addMethod(option(TypeName.INT, "threads", "Compute threads, at least 1; all processors if not set."));
        type.addMethod(option(
                TypeName.LONG,
                "seed",
                "The seed of the first weights and of the order of the examples; "
                        + train.run().seed() + " if not set."));
        type.addMethod(option(
                TypeName.INT,
                "epochs",
                "Passes over the training split" + ifNotSet(train.run().epochs())));
        type.addMethod(option(
                TypeName.LONG, "steps", "Optimizer steps" + ifNotSet(train.run().steps())));
        type.addMethod(option(
                TypeName.INT, "batch", "Examples of a step; " + train.run().batch() + " if not set."));
        type.addMethod(option(TypeName.BOOLEAN, "resume", "Whether to go on where the last run in the folder ended."));
        type.addMethod(setter("progress", RuntimeTypes.PROGRESS_LISTENER, CodeBlock.of("this.progress = progress"))
                .addJavadoc("Who is told how the training goes; nobody if not set.\n")
                .build());
    }

    private static String ifNotSet(OptionalLong value) {
        return value.isPresent() ? "; " + value.getAsLong() + " if not set." : ".";
    }

    private MethodSpec option(TypeName type, String name, String doc) {
        return setter(name, type, CodeBlock.of("options = options.with$L($L)", JavaNames.type(name), name))
                .addJavadoc("$L\n", doc)
                .build();
    }

    private void addSetting(TypeSpec.Builder type, TypedTrain.Setting setting) {
        String name = names.setting(setting.name());
        String doc = "Setting " + Docs.code(setting.name()) + "; " + setting.value() + " if not set.";
        type.addMethod(setter(name, TypeName.DOUBLE, CodeBlock.of("this.$1L = $1L", name))
                .addJavadoc("$L\n", doc)
                .build());
        type.addMethod(
                setter(name, TypeName.FLOAT, CodeBlock.of("this.$1L = Double.parseDouble(Float.toString($1L))", name))
                        .addJavadoc("$L The digits count: {@code 3e-4f} is 3e-4.\n", doc)
                        .build());
    }

    private MethodSpec.Builder setter(String name, TypeName type, CodeBlock statement) {
        return MethodSpec.methodBuilder(name)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(type, name)
                .returns(builder)
                .addStatement(statement)
                .addStatement("return this");
    }
}
