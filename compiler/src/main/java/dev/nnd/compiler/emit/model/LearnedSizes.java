package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import dev.nnd.compiler.emit.DimCode;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.RuntimeNames;
import dev.nnd.compiler.lower.LoweredParameter;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.LearnedDims;
import dev.nnd.compiler.typed.TypedModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.lang.model.element.Modifier;

/**
 * The sizes of a weights class that are learned from data: parameters of its constructor, and fields. Without any, the class
 * is as if there were no such thing.
 */
final class LearnedSizes {

    private final List<String> variables;
    private final DimCode dims;
    private final List<TypedModel> models;
    private final String className;
    private final String qualified;

    /**
     * The sizes of a class.
     *
     * @param models whose requirements the sizes have to fulfil
     * @param qualified the name that the weights bear in messages and files
     */
    LearnedSizes(Collection<String> variables, List<TypedModel> models, String className, String qualified) {
        this.variables = List.copyOf(variables);
        this.dims = new DimCode(variables);
        this.models = models;
        this.className = className;
        this.qualified = qualified;
    }

    String className() {
        return className;
    }

    /** Java expressions of sizes, over the fields. */
    DimCode dims() {
        return dims;
    }

    List<FieldSpec> fields() {
        return variables.stream()
                .map(v -> FieldSpec.builder(TypeName.INT, dims.parameter(v), Modifier.FINAL)
                        .addJavadoc("$L, learned from the training split.\n", Docs.code(v))
                        .build())
                .toList();
    }

    /** The first statements of the constructor: the set of parameters, its sizes, and what models require of these. */
    void addTo(MethodSpec.Builder constructor) {
        for (String variable : variables) {
            constructor.addParameter(TypeName.INT, dims.parameter(variable));
            constructor.addStatement("this.$1L = $1L", dims.parameter(variable));
        }
        constructor.addStatement("all = new $T($S)", RuntimeNames.PARAMETER_SET, qualified);
        for (String variable : variables) {
            constructor.addStatement("all.size($S, $L)", variable, dims.parameter(variable));
        }
        models.forEach(m -> RequirementCode.ofWeights(constructor, m, dims));
    }

    /** {@code of(Path)}: weights in the sizes that a file has; empty if no size is learned. */
    Optional<MethodSpec> ofFile(List<LoweredParameter> parameters) {
        if (variables.isEmpty()) {
            return Optional.empty();
        }
        Map<String, TensorType> weights = new LinkedHashMap<>();
        parameters.forEach(p -> weights.put(p.path(), p.type()));
        List<LearnedDims.Solution> solutions = LearnedDims.solutions(weights, variables);
        var told = new ArrayList<>(
                solutions.stream().map(LearnedDims.Solution::variable).toList());
        var method = MethodSpec.methodBuilder("of")
                .addModifiers(Modifier.STATIC)
                .addJavadoc("Parameters in the sizes that a safetensors file has, without its values.\n")
                .addParameter(Path.class, "file")
                .returns(ClassName.get("", className))
                .beginControlFlow("try (var shapes = $T.open(file, $S))", RuntimeNames.WEIGHT_SHAPES, qualified);
        for (String variable : variables) {
            if (!told.contains(variable)) {
                method.addStatement("int $L = shapes.noted($S)", dims.parameter(variable), variable);
            }
        }
        for (LearnedDims.Solution s : solutions) {
            method.addStatement(
                    "int $L = shapes.size($S, $S, $S, $L, $L, $L)",
                    dims.parameter(s.variable()),
                    s.variable(),
                    s.weight(),
                    Objects.requireNonNull(weights.get(s.weight())).toString(),
                    s.axis(),
                    s.factor(),
                    dims.code(s.rest()));
        }
        return Optional.of(method.addStatement("return new $L($L)", className, String.join(", ", dims.parameters()))
                .endControlFlow()
                .build());
    }
}
