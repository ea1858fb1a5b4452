package dev.nnd.compiler.emit.program;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.emit.RuntimeNames;
import dev.nnd.compiler.emit.SourceText;
import dev.nnd.compiler.emit.kernel.KernelFile;
import dev.nnd.compiler.plan.Buffer;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.Step;
import dev.nnd.compiler.type.DType;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** One program class: fields, binding, a method for each stage, and what its interface asks for. */
final class ProgramClass {

    /** With more stages than this, binding is a method for each stage too. */
    private static final int STAGES_IN_CONSTRUCTOR = 12;

    /** So many calls make a method that is easy on the JIT compilers. */
    private static final int STAGES_OF_A_HALF = 400;

    private final ProgramUnit unit;
    private final ExecutionPlan plan;
    private final PlanNames names;
    private final BindCode bind;
    private final RunCode run;
    private final ProviderCall provider = new ProviderCall();
    private final List<Stage> stages;
    private final JavaNames methods = new JavaNames(List.of(
            "run",
            "forward",
            "backward",
            "close",
            "arenaBytes",
            "plannedBytes",
            "bind",
            "loss",
            "metric",
            "fields",
            "batch"));
    private final TypeSpec.Builder type;
    private final ProgramResults results;
    private final Set<String> fields = new HashSet<>();

    ProgramClass(ProgramUnit unit, ExecutionPlan plan, KernelFile kernels) {
        this.unit = unit;
        this.plan = plan;
        this.names = new PlanNames(plan);
        this.bind = new BindCode(plan, names, provider);
        this.run = new RunCode(plan, names, kernels);
        for (Buffer buffer : plan.buffers()) {
            if (isCallers(buffer) && unit.kind() == ProgramUnit.Kind.FORWARD) {
                methods.unique(names.field(buffer.id()));
            }
        }
        this.stages = Stage.of(plan, methods);
        this.results = new ProgramResults(unit, plan, names);
        this.type = TypeSpec.classBuilder(unit.name()).addModifiers(Modifier.FINAL);
    }

    GeneratedFile file() {
        // Code first: it tells which constants and fields the class needs.
        var stageMethods = new ArrayList<MethodSpec>();
        stages.forEach(s -> stageMethods.add(stageMethod(s)));
        List<MethodSpec> binding = binding();
        type.addSuperinterface(program()).addJavadoc("$L", doc());
        addConstants();
        addFields();
        binding.forEach(type::addMethod);
        type.addMethods(runMethods());
        stageMethods.forEach(type::addMethod);
        List<MethodSpec> ends = results.methods();
        type.addMethods(ends);
        return GeneratedFile.of(
                unit.name().packageName(), unit.span().file().name(), type.build(), false, layouts(ends));
    }

    private static List<String> layouts(List<MethodSpec> methods) {
        return SourceText.layouts(methods.stream().map(MethodSpec::toString).toList());
    }

    private ClassName program() {
        return switch (unit.kind()) {
            case FORWARD -> RuntimeNames.PROGRAM;
            case STEP -> RuntimeNames.TRAIN_STEP;
            case EVALUATION -> RuntimeNames.EVAL_STEP;
        };
    }

    private String doc() {
        String what = switch (unit.kind()) {
            case FORWARD -> "Inference of {@link %s}";
            case STEP -> "One training step of {@link %s}, forward and backward";
            case EVALUATION -> "Loss and metrics of {@link %s}";
        };
        String dims = plan.freeDims().isEmpty()
                ? ""
                : ", bound to "
                        + String.join(
                                ", ", plan.freeDims().stream().map(this::bound).toList());
        return what.formatted(unit.owner().simpleName()) + dims + ". " + Docs.place(unit.span()) + "\n";
    }

    private String bound(String variable) {
        return "{@code " + names.dims().parameter(variable) + "} = " + variable;
    }

    private void addConstants() {
        run.kernelFields().forEach((className, field) -> {
            ClassName kernels = ClassName.get(unit.name().packageName(), className);
            type.addField(
                    constant(kernels, field).initializer("$T.INSTANCE", kernels).build());
        });
        provider.windows()
                .forEach((window, field) -> type.addField(constant(RuntimeNames.WINDOW, field)
                        .initializer(RuntimeNames.TEXT.code(ProviderCall.windowValue(window)))
                        .build()));
    }

    private static FieldSpec.Builder constant(TypeName type, String name) {
        return FieldSpec.builder(type, name, Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL);
    }

    private void addFields() {
        for (String variable : plan.freeDims()) {
            if (isKept(variable)) {
                type.addField(
                        FieldSpec.builder(int.class, names.dims().parameter(variable), Modifier.PRIVATE, Modifier.FINAL)
                                .build());
            }
        }
        for (Buffer buffer : plan.buffers()) {
            if (isCallers(buffer) && names.hasField(buffer)) {
                addField(
                        RuntimeNames.TENSOR,
                        names.field(buffer.id()),
                        buffer.type().toString());
            }
        }
        for (int i = 0; i < plan.steps().size(); i++) {
            Step step = plan.steps().get(i);
            if (!(step instanceof Step.Kernel)) {
                addField(RuntimeNames.BOUND_OP, names.op(i), "");
            }
            step.outputs().forEach(id -> addTensor(plan.buffers().get(id)));
            step.inputs().forEach(id -> addTensor(plan.buffers().get(id)));
        }
        if (unit.data().isPresent()) {
            type.addField(ProgramResults.TENSORS, "fields", Modifier.PRIVATE, Modifier.FINAL);
        }
        var memory = FieldSpec.builder(RuntimeNames.MEMORY, "memory", Modifier.PRIVATE);
        if (unit.kind() != ProgramUnit.Kind.FORWARD) {
            memory.addModifiers(Modifier.FINAL);
        }
        type.addField(memory.build());
    }

    /** True for a dim that the running program reads. */
    private boolean isKept(String variable) {
        return run.dimsRead().contains(variable) || unit.kind() != ProgramUnit.Kind.FORWARD;
    }

    private void addTensor(Buffer buffer) {
        buffer.viewOf().ifPresent(of -> addTensor(plan.buffers().get(of)));
        if (names.hasField(buffer)) {
            addField(
                    RuntimeNames.TENSOR, names.field(buffer.id()), buffer.type().toString());
        }
    }

    private void addField(TypeName of, String name, String comment) {
        if (!fields.add(name)) {
            return;
        }
        var field = FieldSpec.builder(of, name, Modifier.PRIVATE);
        if (!split()) {
            field.addModifiers(Modifier.FINAL);
        }
        if (!comment.isEmpty()) {
            field.addJavadoc("$L\n", comment);
        }
        type.addField(field.build());
    }

    private static boolean isCallers(Buffer buffer) {
        return buffer.storage() == Buffer.Storage.PORT;
    }

    private boolean split() {
        return stages.size() > STAGES_IN_CONSTRUCTOR;
    }

    private List<MethodSpec> binding() {
        var constructor = new Lines();
        plan.freeDims().stream()
                .filter(this::isKept)
                .map(names.dims()::parameter)
                .forEach(n -> constructor.add("this." + n + " = " + n));
        bind.inputs(constructor);
        var binders = new ArrayList<MethodSpec>();
        if (split()) {
            bindByStage(constructor, binders);
        } else {
            stages.forEach(s -> bind.stage(s, constructor));
        }
        bind.outputs(constructor);
        if (unit.data().isPresent()) {
            List<String> tensors = results.fields(constructor);
            constructor.add("fields = List.of(" + String.join(", ", tensors) + ")");
        }
        binders.addAll(0, constructors(constructor.toString()));
        return binders;
    }

    private void bindByStage(Lines constructor, List<MethodSpec> binders) {
        var calls = new ArrayList<String>();
        for (Stage stage : stages) {
            var statements = new Lines();
            bind.stage(stage, statements);
            String capital = stage.name().substring(0, 1).toUpperCase(Locale.ROOT)
                    + stage.name().substring(1);
            calls.add(binder(methods.unique("bind" + capital), statements, binders));
        }
        if (calls.size() <= STAGES_OF_A_HALF) {
            calls.forEach(constructor::add);
            return;
        }
        for (int from = 0; from < calls.size(); from += STAGES_OF_A_HALF) {
            var part = new Lines();
            calls.subList(from, Math.min(calls.size(), from + STAGES_OF_A_HALF)).forEach(part::add);
            constructor.add(binder(methods.unique("bindPart"), part, binders));
        }
    }

    /** Adds a method with these statements; returns its call. */
    private String binder(String name, Lines statements, List<MethodSpec> binders) {
        binders.add(dimParameters(MethodSpec.methodBuilder(name)
                        .addModifiers(Modifier.PRIVATE)
                        .addParameter(RuntimeNames.BINDING, "at")
                        .addParameter(unit.weights(), "net"))
                .addCode(RuntimeNames.TEXT.code(statements.toString()))
                .build());
        return name + "(at, net" + dimArguments() + ")";
    }

    private MethodSpec.Builder dimParameters(MethodSpec.Builder method) {
        names.dims().parameters().forEach(n -> method.addParameter(int.class, n));
        return method;
    }

    private String dimArguments() {
        return names.dims().parameters().stream().map(n -> ", " + n).collect(Collectors.joining());
    }

    /** A forward program can also be bound without taking memory, to tell how much it would take. */
    private List<MethodSpec> constructors(String statements) {
        boolean forward = unit.kind() == ProgramUnit.Kind.FORWARD;
        String owner = unit.owner().simpleName();
        var constructor = MethodSpec.constructorBuilder();
        if (forward) {
            constructor.addModifiers(Modifier.PRIVATE).addParameter(RuntimeNames.BINDING, "at");
        } else {
            constructor.addParameter(RuntimeNames.PROVIDER, "provider");
        }
        dimParameters(constructor.addParameter(unit.weights(), "net"));
        if (!forward) {
            constructor.addStatement("var at = new $T($S, provider, net.parameters())", RuntimeNames.BINDING, owner);
        }
        constructor.addCode(RuntimeNames.TEXT.code(statements));
        if (!forward) {
            constructor.addStatement("memory = at.commit()");
            return List.of(constructor.build());
        }
        return List.of(constructor.build(), bindMethod(owner), plannedBytes(owner));
    }

    private MethodSpec.Builder factory(String name, TypeName result, String owner) {
        return dimParameters(MethodSpec.methodBuilder(name)
                        .addModifiers(Modifier.STATIC)
                        .returns(result)
                        .addParameter(RuntimeNames.PROVIDER, "provider")
                        .addParameter(unit.weights(), "net"))
                .addStatement("var at = new $T($S, provider, net.parameters())", RuntimeNames.BINDING, owner);
    }

    private MethodSpec bindMethod(String owner) {
        return factory("bind", unit.name(), owner)
                .addJavadoc("A program with memory of its own; close it.\n")
                .addStatement("var program = new $T(at, net$L)", unit.name(), dimArguments())
                .addStatement("program.memory = at.commit()")
                .addStatement("return program")
                .build();
    }

    private MethodSpec plannedBytes(String owner) {
        return factory("plannedBytes", TypeName.LONG, owner)
                .addJavadoc("How many bytes {@link #bind} takes, without taking them.\n")
                .addStatement("new $T(at, net$L)", unit.name(), dimArguments())
                .addStatement("return at.plannedBytes()")
                .build();
    }

    private List<MethodSpec> runMethods() {
        boolean backward = stages.stream().anyMatch(s -> !s.forward());
        var run = MethodSpec.methodBuilder("run")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addStatement("forward()");
        if (backward) {
            run.addStatement("backward()");
        }
        var all = new ArrayList<MethodSpec>();
        all.add(run.build());
        all.addAll(half("forward", true, "Forward, in the order of the file."));
        if (backward) {
            all.addAll(
                    half("backward", false, "Backward, in the reverse order: leaves the gradients of all parameters."));
        }
        return all;
    }

    private List<MethodSpec> half(String name, boolean forward, String doc) {
        List<String> calls = stages.stream()
                .filter(s -> s.forward() == forward)
                .map(s -> s.name() + "()")
                .toList();
        var all = new ArrayList<MethodSpec>();
        var first =
                MethodSpec.methodBuilder(name).addModifiers(Modifier.PRIVATE).addJavadoc("$L\n", doc);
        if (calls.size() <= STAGES_OF_A_HALF) {
            calls.forEach(c -> first.addStatement("$L", c));
            return List.of(first.build());
        }
        for (int from = 0; from < calls.size(); from += STAGES_OF_A_HALF) {
            String part = methods.unique(name + "Part");
            first.addStatement("$L()", part);
            var method = MethodSpec.methodBuilder(part).addModifiers(Modifier.PRIVATE);
            calls.subList(from, Math.min(calls.size(), from + STAGES_OF_A_HALF))
                    .forEach(c -> method.addStatement("$L", c));
            all.add(method.build());
        }
        all.addFirst(first.build());
        return all;
    }

    private MethodSpec stageMethod(Stage stage) {
        return MethodSpec.methodBuilder(stage.name())
                .addModifiers(Modifier.PRIVATE)
                .addJavadoc("$L", stageDoc(stage))
                .addCode(RuntimeNames.TEXT.code(run.stage(stage)))
                .build();
    }

    private String stageDoc(Stage stage) {
        TensorType from = stage.steps().stream()
                .flatMap(i -> plan.steps().get(i).inputs().stream())
                .map(plan.buffers()::get)
                .filter(b -> b.storage() != Buffer.Storage.PARAMETER)
                .map(Buffer::type)
                .findFirst()
                .orElse(TensorType.scalar(DType.F32));
        Step last = plan.steps().get(stage.steps().getLast());
        TensorType to = plan.buffers().get(last.outputs().getFirst()).type();
        return (stage.forward() ? "" : "Gradients of ") + Docs.stage(stage.origin(), from, to) + "\n";
    }
}
