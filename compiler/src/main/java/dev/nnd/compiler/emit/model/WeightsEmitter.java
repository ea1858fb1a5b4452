package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.emit.RuntimeNames;
import dev.nnd.compiler.lower.LoweredParameter;
import dev.nnd.compiler.plan.Buffer;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.Step;
import dev.nnd.compiler.typed.LearnedDims;
import dev.nnd.compiler.typed.TypedModel;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** Makes the class of a model's parameters: a field each, under readable names, with their first values. */
public final class WeightsEmitter {

    /** With more parameters than this the constructor hands over to methods of so many. */
    private static final int PARAMETERS_OF_A_METHOD = 60;

    /**
     * The class {@code <Model>Weights}, not public.
     *
     * @param packageName where it is used: the model's own, or that of a train section elsewhere
     * @param plan a plan of the model, which says what parameters may be in a layout of the kernel provider
     * @param other a plan that reads the same parameters, perhaps some of these in row-major order
     */
    public static GeneratedFile emit(
            String packageName,
            TypedModel model,
            List<LoweredParameter> parameters,
            ExecutionPlan plan,
            Optional<ExecutionPlan> other) {
        String qualified = model.packageName().isEmpty() ? model.name() : model.packageName() + "." + model.name();
        String doc = "The parameters of " + model.name() + ". "
                + Docs.place(model.declaration().span()) + "\n";
        Set<String> provided = new HashSet<>(inProviderLayout(plan));
        other.ifPresent(p -> provided.removeAll(rowMajor(p)));
        var sizes = new LearnedSizes(model.learnedDims(), List.of(model), model.name() + "Weights", qualified);
        var type = new WeightsEmitter(sizes, doc, provided);
        parameters.forEach(p -> type.add(p, p.trained() ? "add" : "addBuffer"));
        sizes.ofFile(parameters).ifPresent(type.type::addMethod);
        return type.file(packageName, model.declaration().span().file().name());
    }

    /**
     * The class {@code <Section>Weights}, not public: the parameters of all models of a train section.
     *
     * @param groups the trained ones, by the name of the group that is updated alike
     * @param kept buffers, and parameters that stay as they are
     * @param plans of all programs of the section
     */
    public static GeneratedFile emit(
            TypedTrain train,
            Map<String, List<LoweredParameter>> groups,
            List<LoweredParameter> kept,
            List<ExecutionPlan> plans) {
        String qualified = train.packageName().isEmpty() ? train.name() : train.packageName() + "." + train.name();
        String doc = "The parameters of the models of " + train.name() + ". "
                + Docs.place(train.declaration().span()) + "\n";
        Set<String> provided = plans.stream()
                .flatMap(p -> inProviderLayout(p).stream())
                .collect(Collectors.toCollection(HashSet::new));
        plans.forEach(p -> provided.removeAll(rowMajor(p)));
        List<TypedModel> models =
                train.models().stream().map(TypedTrain.Trained::model).toList();
        var sizes = new LearnedSizes(LearnedDims.of(train), models, train.name() + "Weights", qualified);
        var type = new WeightsEmitter(sizes, doc, provided);
        groups.forEach((name, members) -> {
            type.group(name);
            members.forEach(p -> type.add(p, "add"));
        });
        kept.forEach(p -> type.add(p, p.trained() ? "addFrozen" : "addBuffer"));
        return type.file(train.packageName(), train.declaration().span().file().name());
    }

    private final TypeSpec.Builder type;
    private final LearnedSizes sizes;
    private final Set<String> provided;
    private final List<FieldSpec.Builder> fields = new ArrayList<>();
    private final List<String> statements = new ArrayList<>();

    private WeightsEmitter(LearnedSizes sizes, String doc, Set<String> provided) {
        this.sizes = sizes;
        this.provided = provided;
        this.type = TypeSpec.classBuilder(sizes.className())
                .addModifiers(Modifier.FINAL)
                .addJavadoc("$L", doc)
                .addField(RuntimeNames.PARAMETER_SET, "all", Modifier.PRIVATE, Modifier.FINAL);
    }

    private void group(String name) {
        fields.add(FieldSpec.builder(RuntimeNames.PARAMETER_GROUP, name).addJavadoc("What is updated alike.\n"));
        statements.add(name + " = all.group(\"" + name + "\")");
    }

    private void add(LoweredParameter parameter, String method) {
        String doc = parameter.doc().isEmpty() ? "" : Docs.text(parameter.doc()) + "\n";
        String member = member(parameter.path());
        fields.add(FieldSpec.builder(RuntimeNames.PARAMETER, member).addJavadoc("$L$L\n", doc, parameter.type()));
        List<String> dims = parameter.type().dims().stream()
                .map(sizes.dims()::code)
                .toList();
        statements.add(member + " = all." + method + "(\""
                + parameter.path() + "\", "
                + RuntimeNames.initializer(parameter.initializer(), parameter.type(), sizes.dims())
                + (method.equals("addBuffer") ? "" : ", " + provided.contains(parameter.path()))
                + (dims.isEmpty() ? "" : ", " + String.join(", ", dims)) + ")");
    }

    private static String member(String path) {
        return JavaNames.member(path);
    }

    private GeneratedFile file(String packageName, String nndFile) {
        boolean split = statements.size() > PARAMETERS_OF_A_METHOD;
        sizes.fields().forEach(type::addField);
        for (FieldSpec.Builder field : fields) {
            type.addField(
                    split ? field.build() : field.addModifiers(Modifier.FINAL).build());
        }
        constructors(statements, split).forEach(type::addMethod);
        type.addMethod(MethodSpec.methodBuilder("parameters")
                .addJavadoc("All of them, in the order of the file.\n")
                .returns(RuntimeNames.PARAMETER_SET)
                .addStatement("return all")
                .build());
        return GeneratedFile.of(packageName, nndFile, type.build(), false);
    }

    private List<MethodSpec> constructors(List<String> statements, boolean split) {
        var methods = new ArrayList<MethodSpec>();
        var constructor = MethodSpec.constructorBuilder();
        sizes.addTo(constructor);
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

    private static Set<String> inProviderLayout(ExecutionPlan plan) {
        var names = new HashSet<String>();
        for (Buffer buffer : plan.buffers()) {
            if (buffer.storage() == Buffer.Storage.PARAMETER && buffer.layout() == Buffer.Layout.PROVIDER) {
                buffer.port().ifPresent(p -> names.add(p.name()));
            }
        }
        return names;
    }

    /** The parameters that a plan reads in row-major order. */
    private static Set<String> rowMajor(ExecutionPlan plan) {
        var names = new HashSet<String>();
        for (Step step : plan.steps()) {
            for (int input : step.inputs()) {
                Buffer buffer = plan.buffers().get(input);
                if (buffer.storage() == Buffer.Storage.PARAMETER && buffer.layout() == Buffer.Layout.PLAIN) {
                    buffer.port().ifPresent(p -> names.add(p.name()));
                }
            }
        }
        return names;
    }
}
