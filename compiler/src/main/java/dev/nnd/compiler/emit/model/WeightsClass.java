package dev.nnd.compiler.emit.model;

import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.RuntimeNames;
import dev.nnd.compiler.emit.WeightNames;
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

/**
 * The class of a model's parameters, with their first values: a field each, under readable names; layers of which there are
 * several of one form are objects of an inner class.
 */
public final class WeightsClass {

    /**
     * The class {@code <Model>Weights}, not public.
     *
     * @param packageName where it is used: the model's own, or that of a train section elsewhere
     * @param plan a plan of the model, which says what parameters may be in a layout of the kernel provider
     * @param other a plan that reads the same parameters, perhaps some of these in row-major order
     */
    public static WeightsClass of(
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
        var weights =
                new WeightsClass(packageName, model.declaration().span().file().name(), sizes, doc, provided);
        parameters.forEach(p -> weights.add(p, p.trained() ? "add(" : "addBuffer("));
        return weights.named(List.of(), sizes.ofFile(parameters));
    }

    /**
     * The class {@code <Section>Weights}, not public: the parameters of all models of a train section.
     *
     * @param groups the trained ones, by the name of the group that is updated alike
     * @param kept buffers, and parameters that stay as they are
     * @param plans of all programs of the section
     */
    public static WeightsClass of(
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
        var weights = new WeightsClass(
                train.packageName(), train.declaration().span().file().name(), sizes, doc, provided);
        groups.forEach((name, members) -> members.forEach(p -> weights.add(p, "add(" + name + ", ")));
        kept.forEach(p -> weights.add(p, p.trained() ? "addFrozen(" : "addBuffer("));
        return weights.named(List.copyOf(groups.keySet()), Optional.empty());
    }

    private final String packageName;
    private final String nndFile;
    private final LearnedSizes sizes;
    private final String doc;
    private final Set<String> provided;
    private final WeightTree tree = new WeightTree();

    private List<String> groups = List.of();
    private Optional<MethodSpec> ofFile = Optional.empty();
    private WeightTypes types = new WeightTypes("", List.of());
    private WeightMembers members = WeightMembers.ofAll(new WeightTree(), types);

    private WeightsClass(String packageName, String nndFile, LearnedSizes sizes, String doc, Set<String> provided) {
        this.packageName = packageName;
        this.nndFile = nndFile;
        this.sizes = sizes;
        this.doc = doc;
        this.provided = provided;
    }

    private void add(LoweredParameter parameter, String call) {
        String words = parameter.doc().isEmpty() ? "" : Docs.text(parameter.doc()) + "\n";
        List<String> dims =
                parameter.type().dims().stream().map(sizes.dims()::code).toList();
        String arguments = ", " + RuntimeNames.initializer(parameter.initializer(), parameter.type(), sizes.dims())
                + (call.equals("addBuffer(") ? "" : ", " + provided.contains(parameter.path()))
                + (dims.isEmpty() ? "" : ", " + String.join(", ", dims)) + ")";
        tree.add(new WeightTree.Weight(parameter.path(), words + parameter.type() + "\n", "all." + call, arguments));
    }

    private WeightsClass named(List<String> groupNames, Optional<MethodSpec> factory) {
        groups = groupNames;
        ofFile = factory;
        var fields = new ArrayList<>(groupNames);
        fields.addAll(sizes.dims().parameters());
        types = new WeightTypes(sizes.className(), fields);
        members = WeightMembers.ofAll(tree, types);
        return this;
    }

    /** Where the programs find the parameters. */
    public WeightNames names() {
        return new WeightNames(members.expressions());
    }

    /** The source. */
    public GeneratedFile file() {
        var type = TypeSpec.classBuilder(sizes.className())
                .addModifiers(Modifier.FINAL)
                .addJavadoc("$L", doc)
                .addField(RuntimeNames.PARAMETER_SET, "all", Modifier.PRIVATE, Modifier.FINAL);
        sizes.fields().forEach(type::addField);
        var constructor = MethodSpec.constructorBuilder();
        sizes.addTo(constructor);
        for (String group : groups) {
            type.addField(FieldSpec.builder(RuntimeNames.PARAMETER_GROUP, group, Modifier.FINAL)
                    .addJavadoc("What is updated alike.\n")
                    .build());
            constructor.addStatement("$1L = all.group($1S)", group);
        }
        ofFile.ifPresent(type::addMethod);
        members.addTo(type, constructor);
        type.addMethod(MethodSpec.methodBuilder("parameters")
                .addJavadoc("All of them, in the order of the file.\n")
                .returns(RuntimeNames.PARAMETER_SET)
                .addStatement("return all")
                .build());
        types.all().forEach(type::addType);
        return GeneratedFile.of(packageName, nndFile, type.build(), false);
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
