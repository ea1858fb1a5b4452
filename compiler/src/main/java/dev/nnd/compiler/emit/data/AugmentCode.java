package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.typed.Augmentation;
import dev.nnd.compiler.typed.TypedData;
import java.util.List;
import javax.lang.model.element.Modifier;

/** The method that changes training examples at random. */
final class AugmentCode {

    private static final ClassName VALUE_LAYOUT = ClassName.get("java.lang.foreign", "ValueLayout");
    private static final ClassName AUGMENTATIONS = RuntimeTypes.data("Augmentations");

    private final TypedData data;

    AugmentCode(TypedData data) {
        this.data = data;
    }

    /** Adds it, and a constant for each field that it changes; nothing without augmentation. */
    void addTo(TypeSpec.Builder type) {
        MixCode.of(data).ifPresent(type::addMethod);
        if (data.augmentations().stream().allMatch(a -> ownSteps(a).isEmpty())) {
            return;
        }
        var body = CodeBlock.builder();
        for (Augmentation augmentation : data.augmentations()) {
            if (ownSteps(augmentation).isEmpty()) {
                continue;
            }
            TypedData.Field field = data.field(augmentation.field()).orElseThrow();
            String constant = FieldEncoders.indexName(field) + "_IMAGES";
            if (field.type().rank() == 3) {
                type.addField(
                        FieldSpec.builder(AUGMENTATIONS, constant, Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                                .initializer(
                                        "new $T($L, $L, $L)",
                                        AUGMENTATIONS,
                                        field.type().dim(0),
                                        field.type().dim(1),
                                        field.type().dim(2))
                                .build());
            }
            add(body, augmentation, field, constant);
        }
        type.addMethod(MethodSpec.methodBuilder("augment")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(ArrayTypeName.of(FieldEncoders.SEGMENT), "fields")
                .addParameter(long.class, "at")
                .addParameter(RuntimeTypes.data("ExampleDraws"), "draws")
                .addCode(body.build())
                .build());
    }

    /** Those that change an example by itself. */
    private static List<Augmentation.Step> ownSteps(Augmentation augmentation) {
        return augmentation.steps().stream().filter(s -> !s.kind().mixes()).toList();
    }

    private static void add(CodeBlock.Builder body, Augmentation augmentation, TypedData.Field field, String images) {
        String name = dev.nnd.compiler.emit.JavaNames.member(field.name()) + "Values";
        long elements = FieldCode.elements(field.type());
        body.add("// $L\n", Docs.place(augmentation.span()));
        body.addStatement(
                "var $L = fields[$L].asSlice(4 * $LL * at, 4 * $LL).toArray($T.JAVA_FLOAT)",
                name,
                FieldEncoders.indexName(field),
                elements,
                elements,
                VALUE_LAYOUT);
        for (Augmentation.Step step : ownSteps(augmentation)) {
            body.addStatement("$L = $L", name, call(step, name, images));
        }
        body.addStatement(
                "$T.copy($L, 0, fields[$L], $T.JAVA_FLOAT, 4 * $LL * at, $L.length)",
                FieldEncoders.SEGMENT,
                name,
                FieldEncoders.indexName(field),
                VALUE_LAYOUT,
                elements,
                name);
    }

    private static CodeBlock call(Augmentation.Step step, String x, String images) {
        String arguments = switch (step.kind()) {
            case RANDOM_CROP -> whole(step, "padding", 0);
            case RANDOM_FLIP ->
                flag(step, "horizontal", true) + ", " + flag(step, "vertical", false) + ", " + number(step, "p", 0.5);
            case RANDOM_ERASING -> number(step, "p", 0.5) + ", " + number(step, "area", 0.33);
            case RANDOM_GRAYSCALE -> number(step, "p", 0.1);
            case ROTATE, SHEAR -> number(step, "degrees", 0);
            case SCALE -> number(step, "low", 1) + ", " + number(step, "high", 1);
            case TRANSLATE -> number(step, "fraction", 0);
            case COLOUR_JITTER ->
                number(step, "brightness", 0)
                        + ", " + number(step, "contrast", 0)
                        + ", " + number(step, "saturation", 0)
                        + ", " + number(step, "hue", 0);
            case CUTOUT -> whole(step, "size", 0);
            case BLUR -> number(step, "sigma", 0);
            case NOISE -> number(step, "std", 0);
            case MIXUP, CUTMIX -> throw new IllegalArgumentException(step.kind() + " is of a batch");
        };
        String method = dev.nnd.compiler.emit.JavaNames.member(step.kind().text());
        return step.kind() == Augmentation.Kind.NOISE
                ? CodeBlock.of("$T.$L($L, $L, draws)", AUGMENTATIONS, method, x, arguments)
                : CodeBlock.of("$L.$L($L, $L, draws)", images, method, x, arguments);
    }

    private static String flag(Augmentation.Step step, String option, boolean otherwise) {
        return step.options().get(option) instanceof Constant.Bool(boolean value) ? "" + value : "" + otherwise;
    }

    private static String whole(Augmentation.Step step, String option, long otherwise) {
        return step.options().get(option) instanceof Constant.Int(var value) ? value.toString() : "" + otherwise;
    }

    static String number(Augmentation.Step step, String option, double otherwise) {
        return switch (step.options().get(option)) {
            case Constant.Int(var value) -> value.toString();
            case Constant.Float(double value) -> Double.toString(value);
            case null, default -> Double.toString(otherwise);
        };
    }
}
