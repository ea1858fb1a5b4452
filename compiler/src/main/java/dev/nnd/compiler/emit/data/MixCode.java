package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import dev.nnd.compiler.typed.Augmentation;
import dev.nnd.compiler.typed.TypedData;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.Modifier;

/** The method that says how the examples of a batch are mixed. */
final class MixCode {
    private static final ClassName MIXING = RuntimeTypes.data("Mixing");

    private MixCode() {}

    /** Empty if they are not. The checker has made sure that all are mixed in one way. */
    static Optional<MethodSpec> of(TypedData data) {
        List<Augmentation> mixed = data.augmentations().stream()
                .filter(a -> a.steps().getLast().kind().mixes())
                .toList();
        if (mixed.isEmpty()) {
            return Optional.empty();
        }
        Augmentation.Step step = mixed.getFirst().steps().getLast();
        boolean cuts = step.kind() == Augmentation.Kind.CUTMIX;
        CodeBlock fields = mixed.stream()
                .map(a -> CodeBlock.of(
                        "$L", FieldEncoders.indexName(data.field(a.field()).orElseThrow())))
                .collect(CodeBlock.joining(", "));
        return Optional.of(MethodSpec.methodBuilder("mixing")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(ParameterizedTypeName.get(ClassName.get(Optional.class), MIXING))
                .addStatement(
                        "return $T.of(new $T($T.$L, $L, $T.of($L)))",
                        Optional.class,
                        MIXING,
                        MIXING.nestedClass("Kind"),
                        step.kind(),
                        AugmentCode.number(step, "alpha", cuts ? 1 : 0.2),
                        List.class,
                        fields)
                .build());
    }
}
