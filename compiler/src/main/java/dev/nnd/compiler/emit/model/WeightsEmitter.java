package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.DimCode;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.emit.RuntimeNames;
import dev.nnd.compiler.lower.LoweredParameter;
import dev.nnd.compiler.plan.Buffer;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.typed.TypedModel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Modifier;

/** Makes the class of a model's parameters: a field each, under readable names, with their first values. */
public final class WeightsEmitter {

    /** With more parameters than this the constructor hands over to methods of so many. */
    private static final int PARAMETERS_OF_A_METHOD = 60;

    private WeightsEmitter() {}

    /**
     * The class {@code <Model>Weights}, not public.
     *
     * @param packageName where it is used: the model's own, or that of a train section elsewhere
     * @param plan a plan of the model, which says what parameters may be in a layout of the kernel provider
     */
    public static GeneratedFile emit(
            String packageName, TypedModel model, List<LoweredParameter> parameters, ExecutionPlan plan) {
        Set<String> provided = inProviderLayout(plan);
        boolean split = parameters.size() > PARAMETERS_OF_A_METHOD;
        String qualified = model.packageName().isEmpty() ? model.name() : model.packageName() + "." + model.name();
        var type = TypeSpec.classBuilder(model.name() + "Weights")
                .addModifiers(Modifier.FINAL)
                .addJavadoc(
                        "The parameters of $L. $L\n",
                        model.name(),
                        Docs.place(model.declaration().span()))
                .addField(RuntimeNames.PARAMETER_SET, "all", Modifier.PRIVATE, Modifier.FINAL);
        var statements = new ArrayList<String>();
        for (LoweredParameter parameter : parameters) {
            var field = FieldSpec.builder(RuntimeNames.PARAMETER, JavaNames.member(parameter.path()));
            if (!split) {
                field.addModifiers(Modifier.FINAL);
            }
            String doc = parameter.doc().isEmpty() ? "" : Docs.text(parameter.doc()) + "\n";
            type.addField(field.addJavadoc("$L$L\n", doc, parameter.type()).build());
            statements.add(add(parameter, provided.contains(parameter.path())));
        }
        constructors(qualified, statements, split).forEach(type::addMethod);
        type.addMethod(MethodSpec.methodBuilder("parameters")
                .addJavadoc("All of them, in the order of the file.\n")
                .returns(RuntimeNames.PARAMETER_SET)
                .addStatement("return all")
                .build());
        return GeneratedFile.of(packageName, model.declaration().span().file().name(), type.build(), false);
    }

    private static List<MethodSpec> constructors(String model, List<String> statements, boolean split) {
        var methods = new ArrayList<MethodSpec>();
        var constructor =
                MethodSpec.constructorBuilder().addStatement("all = new $T($S)", RuntimeNames.PARAMETER_SET, model);
        if (!split) {
            constructor.addCode(RuntimeNames.TEXT.code(lines(statements)));
        }
        for (int from = 0; split && from < statements.size(); from += PARAMETERS_OF_A_METHOD) {
            String name = "add" + (from / PARAMETERS_OF_A_METHOD + 1);
            constructor.addStatement("$L()", name);
            List<String> some = statements.subList(from, Math.min(statements.size(), from + PARAMETERS_OF_A_METHOD));
            methods.add(MethodSpec.methodBuilder(name)
                    .addModifiers(Modifier.PRIVATE)
                    .addCode(RuntimeNames.TEXT.code(lines(some)))
                    .build());
        }
        methods.addFirst(constructor.build());
        return methods;
    }

    private static String lines(List<String> statements) {
        var lines = new Lines();
        statements.forEach(lines::add);
        return lines.toString();
    }

    private static String add(LoweredParameter parameter, boolean providerLayout) {
        List<String> dims = parameter.type().dims().stream()
                .map(new DimCode(Set.of())::code)
                .toList();
        return JavaNames.member(parameter.path()) + " = all." + (parameter.trained() ? "add" : "addBuffer") + "(\""
                + parameter.path() + "\", "
                + RuntimeNames.initializer(parameter.initializer(), parameter.type())
                + (parameter.trained() ? ", " + providerLayout : "")
                + (dims.isEmpty() ? "" : ", " + String.join(", ", dims)) + ")";
    }

    private static Set<String> inProviderLayout(ExecutionPlan plan) {
        var names = new HashSet<String>();
        for (Buffer buffer : plan.buffers()) {
            if (buffer.storage() == Buffer.Storage.PARAMETER && buffer.layout() == Buffer.Layout.PROVIDER) {
                buffer.port().ifPresent(p -> names.add(p.name()));
            }
        }
        return names;
    }
}
