package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.MethodSpec;
import dev.nnd.compiler.emit.DimCode;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.RuntimeNames;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/**
 * The methods that make a model: from a file, or with random weights.
 *
 * @param name the model's class
 * @param weights the class of its parameters
 * @param learned dim variables that are learned from data: a file tells them, random weights need them
 * @param sizes their Java names
 */
record FactoryMethods(ClassName name, ClassName weights, List<String> learned, DimCode sizes) {

    private static final String UNFIT =
            "@throws dev.nnd.runtime.NndException if the file does not fit: it names what is missing or misshaped\n";
    private static final String FILE = "@param weights a file with every parameter under its name and in its shape\n";

    List<MethodSpec> all() {
        return List.of(load(), loadWithProvider(), initialize(), initializeWithProvider());
    }

    private MethodSpec load() {
        return method("load")
                .addJavadoc("A model with weights from a safetensors file, for one thread a call.\n\n" + FILE + UNFIT)
                .addParameter(Path.class, "weights")
                .addStatement("return load(weights, $T.best(1))", RuntimeNames.PROVIDER)
                .build();
    }

    private MethodSpec loadWithProvider() {
        return method("load")
                .addJavadoc("A model with weights from a safetensors file.\n\n" + FILE
                        + "@param provider computes all calls, such as {@code Provider.best(4)} with four threads a call, or\n"
                        + "    {@code Provider.best(1).with(Precision.BF16)}\n" + UNFIT)
                .addParameter(Path.class, "weights")
                .addParameter(RuntimeNames.PROVIDER, "provider")
                .addStatement(learned.isEmpty() ? "var net = new $T()" : "var net = $T.of(weights)", weights)
                .addStatement("net.parameters().load(weights)")
                .addStatement("return new $T(net, provider)", name)
                .build();
    }

    private MethodSpec initialize() {
        String given = learned.stream().map(v -> sizes.parameter(v) + ", ").collect(Collectors.joining());
        return random("A model with random weights, the same for the same seed, for one thread a call.\n")
                .addStatement("return initialize(seed, $L$T.best(1))", given, RuntimeNames.PROVIDER)
                .build();
    }

    private MethodSpec initializeWithProvider() {
        String given = learned.stream().map(sizes::parameter).collect(Collectors.joining(", "));
        return random("A model with random weights, the same for the same seed.\n")
                .addJavadoc(learned.isEmpty() ? "\n" : "")
                .addJavadoc("@param provider computes all calls\n")
                .addParameter(RuntimeNames.PROVIDER, "provider")
                .addStatement("var net = new $T($L)", weights, given)
                .addStatement("net.parameters().initialize(seed)")
                .addStatement("return new $T(net, provider)", name)
                .build();
    }

    private MethodSpec.Builder random(String doc) {
        var method = method("initialize").addJavadoc(doc).addParameter(long.class, "seed");
        method.addJavadoc(learned.isEmpty() ? "" : "\n");
        for (String variable : learned) {
            String java = sizes.parameter(variable);
            method.addParameter(int.class, java).addJavadoc("@param $L $L, at least 1\n", java, Docs.code(variable));
        }
        return method;
    }

    private MethodSpec.Builder method(String called) {
        return MethodSpec.methodBuilder(called)
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .returns(name);
    }
}
