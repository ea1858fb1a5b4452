package dev.nnd.compiler.emit.training;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.lang.model.element.Modifier;

/** The class by which the command line, which knows a train section by its name only, gets at its program. */
final class FactoryClass {

    private final TypedTrain train;
    private final TrainingNames names;

    FactoryClass(TypedTrain train, TrainingNames names) {
        this.train = train;
        this.names = names;
    }

    TypeSpec type() {
        return TypeSpec.classBuilder(names.factory())
                .addModifiers(Modifier.PUBLIC, Modifier.FINAL)
                .addSuperinterface(RuntimeTypes.TRAINING_FACTORY)
                .addJavadoc(
                        "For {@code nnd train} and {@code nnd tune}. From Java, use {@link $T#builder()}.\n",
                        names.facade())
                .addMethod(MethodSpec.constructorBuilder()
                        .addModifiers(Modifier.PUBLIC)
                        .addJavadoc("A factory; it has no state.\n")
                        .build())
                .addMethod(create())
                .addMethods(precision())
                .build();
    }

    /** Only where it is not what the interface says. */
    private List<MethodSpec> precision() {
        return switch (train.run().precision()) {
            case F32, TF32, F16 -> List.of();
            case BF16 ->
                List.of(MethodSpec.methodBuilder("precision")
                        .addAnnotation(Override.class)
                        .addModifiers(Modifier.PUBLIC)
                        .returns(RuntimeTypes.PRECISION)
                        .addStatement("return $T.BF16", RuntimeTypes.PRECISION)
                        .build());
        };
    }

    private MethodSpec create() {
        var body = CodeBlock.builder();
        names.settings().forEach((setting, java) -> body.addStatement("double $L = $L", java, defaultValue(setting)));
        body.beginControlFlow("for (var value : values.entrySet())").beginControlFlow("switch (value.getKey())");
        names.settings()
                .forEach((setting, java) -> body.addStatement("case $S -> $L = value.getValue()", setting, java));
        body.addStatement(
                "default -> throw new $T($S + value.getKey() + $S)",
                RuntimeTypes.NND_EXCEPTION,
                train.name() + " has no setting `",
                "`; it has " + known());
        body.endControlFlow().endControlFlow();
        var arguments = new ArrayList<>(List.of("provider"));
        arguments.addAll(names.settings().values());
        body.addStatement("return new $T($L)", names.program(), String.join(", ", arguments));
        return MethodSpec.methodBuilder("create")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(RuntimeTypes.PROVIDER, "provider")
                .addParameter(ParameterizedTypeName.get(Map.class, String.class, Double.class), "values")
                .returns(RuntimeTypes.TRAINING_PROGRAM)
                .addCode(body.build())
                .build();
    }

    private String known() {
        return names.settings().isEmpty()
                ? "none"
                : String.join(", ", names.settings().keySet());
    }

    private double defaultValue(String setting) {
        return train.settings().stream()
                .filter(s -> s.name().equals(setting))
                .findFirst()
                .orElseThrow()
                .value();
    }
}
