package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.RuntimeNames;
import dev.nnd.compiler.type.Dim;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** The method that takes one example as plain arrays and numbers and returns its outputs as such. */
final class PredictMethod {

    private static final String RESULT = "Prediction";

    private final Optional<ExampleSizes> sizes;
    private final List<Edge> inputs;
    private final List<Edge> outputs;
    private final boolean draws;

    /**
     * The method of a model.
     *
     * @param sizes of one example; empty if nothing tells them
     * @param draws true if it draws random numbers
     */
    PredictMethod(Optional<ExampleSizes> sizes, List<Edge> inputs, List<Edge> outputs, boolean draws) {
        this.sizes = sizes;
        this.inputs = inputs;
        this.outputs = outputs;
        this.draws = draws;
    }

    /** True if the sizes of a single example are known, or follow from the arrays. */
    boolean exists() {
        return sizes.isPresent();
    }

    /** The record of several outputs. */
    Optional<TypeSpec> result() {
        if (outputs.size() == 1) {
            return Optional.empty();
        }
        var constructor = MethodSpec.constructorBuilder();
        var type = TypeSpec.recordBuilder(RESULT)
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("The outputs for one example.\n\n");
        for (Edge output : outputs) {
            constructor.addParameter(output.exampleType(), output.java());
            type.addJavadoc("@param $L $L\n", output.java(), output.example());
        }
        return Optional.of(type.recordConstructor(constructor.build()).build());
    }

    MethodSpec method(ClassName model) {
        TypeName returns = outputs.size() == 1 ? outputs.getFirst().exampleType() : model.nestedClass(RESULT);
        var method = MethodSpec.methodBuilder("predict")
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("Computes the outputs for one example. Safe to call from many threads.\n\n")
                .returns(returns);
        for (Edge input : inputs) {
            method.addParameter(input.exampleType(), input.java());
            method.addJavadoc("@param $L $L\n", input.java(), describe(input));
        }
        method.addJavadoc(
                "@return $L\n", outputs.stream().map(PredictMethod::describe).collect(Collectors.joining("; ")));
        ExampleSizes known = sizes.orElseThrow();
        List<Edge> arrays = inputs.stream().filter(e -> !e.isNumber()).toList();
        if (!arrays.isEmpty()) {
            method.addJavadoc("@throws IllegalArgumentException if an array has another length\n");
        }
        known.solved().forEach((variable, input) -> solve(method, known, variable, input));
        arrays.stream().filter(e -> !known.solved().containsValue(e)).forEach(e -> check(method, known, e));
        String sizeArguments = String.join(", ", known.arguments());
        if (!known.solved().isEmpty()) {
            method.addStatement("check($L)", sizeArguments);
        }
        method.addStatement("var program = pool.borrow($L)", sizeArguments).beginControlFlow("try");
        inputs.forEach(e -> fill(method, e));
        if (draws) {
            method.addStatement("draws.next(program)");
        }
        method.addStatement("program.run()");
        outputs.forEach(e -> read(method, e));
        method.addStatement("return $L", returned());
        return method.nextControlFlow("finally")
                .addStatement("pool.giveBack(program$L)", sizeArguments.isEmpty() ? "" : ", " + sizeArguments)
                .endControlFlow()
                .build();
    }

    private String returned() {
        String names = outputs.stream().map(e -> local(e)).collect(Collectors.joining(", "));
        return outputs.size() == 1 ? names : "new " + RESULT + "(" + names + ")";
    }

    /** The name of an output's variable: an input may have the same name. */
    private String local(Edge output) {
        boolean taken = inputs.stream().anyMatch(i -> i.java().equals(output.java()));
        return taken ? output.java() + "Result" : output.java();
    }

    private static String describe(Edge edge) {
        return edge.example() + (edge.doc().isEmpty() ? "" : ": " + Docs.remark(edge.doc()));
    }

    /** A free dim from the length of an array. */
    private static void solve(MethodSpec.Builder method, ExampleSizes sizes, String variable, Edge input) {
        String each = sizes.perEntry(variable, input);
        String size = sizes.java(variable);
        if (each.equals("1")) {
            method.addStatement("int $L = $L.length", size, input.java());
            return;
        }
        boolean simple = each.matches("\\w+");
        String divisor = simple ? each : "(" + each + ")";
        String quotient = input.java() + ".length / " + divisor;
        method.beginControlFlow("if ($L.length % $L != 0)", input.java(), divisor)
                .addStatement(
                        "throw new $T($S + $L + $S + $L.length)",
                        IllegalArgumentException.class,
                        input.name() + " needs a multiple of ",
                        divisor,
                        " values (" + input.example() + "), got ",
                        input.java())
                .endControlFlow()
                .addStatement("int $L = $L", size, simple ? quotient : "Math.toIntExact(" + quotient + ")");
    }

    private static void check(MethodSpec.Builder method, ExampleSizes sizes, Edge input) {
        Dim count = input.example().elements();
        if (count.constant().isPresent()) {
            String needs = input.name() + " needs " + count + " values (" + input.example() + "), got ";
            method.beginControlFlow("if ($L.length != $L)", input.java(), count)
                    .addStatement("throw new $T($S + $L.length)", IllegalArgumentException.class, needs, input.java())
                    .endControlFlow();
            return;
        }
        String code = sizes.code(count);
        method.beginControlFlow("if ($L.length != $L)", input.java(), code)
                .addStatement(
                        "throw new $T($S + ($L) + $S + $L.length)",
                        IllegalArgumentException.class,
                        input.name() + " needs ",
                        code,
                        " values (" + input.example() + "), got ",
                        input.java())
                .endControlFlow();
    }

    private static void fill(MethodSpec.Builder method, Edge input) {
        if (input.isNumber()) {
            method.addStatement("program.$1L().set($2L, 0, $1L)", input.java(), input.layout());
        } else if (input.primitive().equals(TypeName.BOOLEAN)) {
            method.addStatement("$1T.copy($2L, program.$2L())", RuntimeNames.BOOLEANS, input.java());
        } else {
            method.addStatement(
                    "$1T.copy($2L, 0, program.$2L(), $3L, 0, $2L.length)",
                    MemorySegment.class,
                    input.java(),
                    input.layout());
        }
    }

    private void read(MethodSpec.Builder method, Edge output) {
        String local = local(output);
        if (output.isNumber()) {
            method.addStatement(
                    "$T $L = program.$L().get($L, 0)", output.primitive(), local, output.java(), output.layout());
            return;
        }
        Dim count = output.example().elements();
        String length = count.constant().isPresent()
                ? count.toString()
                : "Math.toIntExact(" + sizes.orElseThrow().code(count) + ")";
        method.addStatement("$1T[] $2L = new $1T[$3L]", output.primitive(), local, length);
        if (output.primitive().equals(TypeName.BOOLEAN)) {
            method.addStatement("$T.copy(program.$L(), $L)", RuntimeNames.BOOLEANS, output.java(), local);
            return;
        }
        method.addStatement(
                "$1T.copy(program.$2L(), $3L, 0, $4L, 0, $4L.length)",
                MemorySegment.class,
                output.java(),
                output.layout(),
                local);
    }
}
