package dev.nnd.compiler.emit.data;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import dev.nnd.compiler.typed.Primitive;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Modifier;

/** The elementwise functions that Java has not got, as small methods of the class that calls them. */
final class DataFunctions {

    private DataFunctions() {}

    static List<MethodSpec> methods(Set<Primitive> functions) {
        return functions.stream().map(DataFunctions::method).toList();
    }

    private static MethodSpec method(Primitive function) {
        return MethodSpec.methodBuilder(function.text())
                .addModifiers(Modifier.PRIVATE, Modifier.STATIC)
                .addParameter(float.class, "x")
                .returns(float.class)
                .addCode(body(function))
                .build();
    }

    private static CodeBlock body(Primitive function) {
        return switch (function) {
            case SQUARE -> CodeBlock.of("return x * x;\n");
            case NOT -> CodeBlock.of("return x == 0f ? 1f : 0f;\n");
            case SIGMOID -> CodeBlock.of("return (float) (1 / (1 + Math.exp(-x)));\n");
            case SOFTPLUS -> CodeBlock.of("return (float) (Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));\n");
            case ERF -> erf();
            default -> throw new IllegalArgumentException(function + " needs no method");
        };
    }

    /** Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: error below 1.5e-7. */
    private static CodeBlock erf() {
        return CodeBlock.builder()
                .add("// Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: error below 1.5e-7.\n")
                .addStatement("double t = 1 / (1 + 0.3275911 * Math.abs(x))")
                .addStatement(
                        "double p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))")
                .addStatement("return (float) Math.copySign(1 - p * Math.exp(-(double) x * x), x)")
                .build();
    }
}
