package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.Docs;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** The method that takes one example as plain arrays and numbers and returns its outputs as such. */
final class PredictMethod {

    private static final String RESULT = "Prediction";

    private final List<String> batch;
    private final List<Edge> inputs;
    private final List<Edge> outputs;
    private final boolean draws;

    /**
     * The method of a model.
     *
     * @param batch the free dims
     * @param draws true if it draws random numbers
     */
    PredictMethod(List<String> batch, List<Edge> inputs, List<Edge> outputs, boolean draws) {
        this.batch = batch;
        this.inputs = inputs;
        this.outputs = outputs;
        this.draws = draws;
    }

    /** True if a single example has a known size everywhere: the only free dim leads all inputs and outputs. */
    boolean exists() {
        return batch.size() <= 1
                && inputs.stream().allMatch(e -> e.hasExample(batch))
                && outputs.stream().allMatch(e -> e.hasExample(batch));
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
        List<Edge> arrays = inputs.stream().filter(e -> !e.isNumber()).toList();
        if (!arrays.isEmpty()) {
            method.addJavadoc("@throws IllegalArgumentException if an array has another length\n");
        }
        arrays.forEach(e -> check(method, e));
        String one = batch.isEmpty() ? "" : "1";
        method.addStatement("var program = pool.borrow($L)", one).beginControlFlow("try");
        inputs.forEach(e -> fill(method, e));
        if (draws) {
            method.addStatement("draws.next(program)");
        }
        method.addStatement("program.run()");
        outputs.forEach(e -> read(method, e));
        method.addStatement("return $L", returned());
        return method.nextControlFlow("finally")
                .addStatement("pool.giveBack(program$L)", one.isEmpty() ? "" : ", " + one)
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

    private static void check(MethodSpec.Builder method, Edge input) {
        String needs = input.name() + " needs " + input.count() + " values (" + input.example() + "), got ";
        method.beginControlFlow("if ($L.length != $L)", input.java(), input.count())
                .addStatement("throw new $T($S + $L.length)", IllegalArgumentException.class, needs, input.java())
                .endControlFlow();
    }

    private static void fill(MethodSpec.Builder method, Edge input) {
        if (input.isNumber()) {
            method.addStatement("program.$1L().set($2L, 0, $1L)", input.java(), input.layout());
        } else {
            method.addStatement(
                    "$1T.copy($2L, 0, program.$2L(), $3L, 0, $4L)",
                    MemorySegment.class,
                    input.java(),
                    input.layout(),
                    input.count());
        }
    }

    private void read(MethodSpec.Builder method, Edge output) {
        String local = local(output);
        if (output.isNumber()) {
            method.addStatement(
                    "$T $L = program.$L().get($L, 0)", output.primitive(), local, output.java(), output.layout());
            return;
        }
        method.addStatement("$1T[] $2L = new $1T[$3L]", output.primitive(), local, output.count());
        method.addStatement(
                "$T.copy(program.$L(), $L, 0, $L, 0, $L)",
                MemorySegment.class,
                output.java(),
                output.layout(),
                local,
                output.count());
    }
}
