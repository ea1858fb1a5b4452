package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import dev.nnd.compiler.emit.DimCode;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.compiler.typed.LearnedDims;
import dev.nnd.compiler.typed.Requirement;
import dev.nnd.compiler.typed.TypedModel;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a model requires of its dims, as checks in Java: {@code if (!(t <= 512)) throw ...}. */
final class RequirementCode {

    private static final ClassName NND_EXCEPTION = ClassName.get("dev.nnd.runtime", "NndException");
    private static final Pattern VALUE = Pattern.compile("\\{([^{}]+)\\}");

    private final DimCode dims;

    private RequirementCode(DimCode dims) {
        this.dims = dims;
    }

    /** Adds the checks of what a call is bound to, to a method that knows all sizes under their names in {@code dims}. */
    static void ofCalls(MethodSpec.Builder method, TypedModel model, DimCode dims) {
        add(method, model, dims, false);
    }

    /** Adds the checks of sizes that are learned from data alone. */
    static void ofWeights(MethodSpec.Builder method, TypedModel model, DimCode dims) {
        add(method, model, dims, true);
    }

    private static void add(MethodSpec.Builder method, TypedModel model, DimCode dims, boolean learned) {
        var code = new RequirementCode(dims);
        for (Requirement requirement : model.block().requirements()) {
            boolean here = LearnedDims.all(requirement.condition().variables()) == learned;
            if (here && requirement.kind() != Requirement.Kind.EQUATION) {
                method.beginControlFlow("if (!($L))", code.condition(requirement.condition()))
                        .addStatement("throw new $T($L)", NND_EXCEPTION, code.message(model, requirement))
                        .endControlFlow();
            }
        }
    }

    private String condition(DimCondition condition) {
        return switch (condition) {
            case DimCondition.Compare(DimCondition.Relation relation, Dim left, Dim right) ->
                dims.code(left) + " " + relation.text() + " " + dims.code(right);
            case DimCondition.All all ->
                all.of().stream().map(this::condition).collect(Collectors.joining(" && ", "(", ")"));
            case DimCondition.Any any ->
                any.of().stream().map(this::condition).collect(Collectors.joining(" || ", "(", ")"));
        };
    }

    /** {@code "Gpt: the context is 256, got " + t}. */
    private CodeBlock message(TypedModel model, Requirement requirement) {
        String text = requirement.message();
        var code = CodeBlock.builder();
        var words = new StringBuilder(model.name() + ": ");
        Matcher value = VALUE.matcher(text);
        int from = 0;
        while (value.find()) {
            Dim dim = requirement.values().get(value.group(1));
            if (dim != null) {
                words.append(text, from, value.start());
                code.add("$S + ($L) + ", words.toString(), dims.code(dim));
                words.setLength(0);
                from = value.end();
            }
        }
        words.append(text.substring(from));
        return code.add("$S", words.toString()).build();
    }
}
