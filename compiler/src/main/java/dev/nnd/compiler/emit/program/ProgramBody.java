package dev.nnd.compiler.emit.program;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.emit.RuntimeNames;
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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** What programs and functions have in common: fields, binding by stage, a method for each stage, the two halves. */
final class ProgramBody {

    /** With more stages than this, binding is a method for each stage too. */
    private static final int STAGES_IN_CONSTRUCTOR = 12;

    /** The same with more lines. */
    private static final int LINES_IN_CONSTRUCTOR = 200;

    /** So many lines of runs make a method. */
    private static final int LINES_OF_A_METHOD = 60;

    /** So many calls make a method that is easy on the JIT compilers. */
    private static final int STAGES_OF_A_HALF = 400;

    private final ExecutionPlan plan;
    private final PlanNames names;
    private final ClassName owner;
    private final JavaNames methods;
    private final Optional<Timers> timers;
    private final BindCode bind;
    private final RunCode run;
    private final ProviderCall provider = new ProviderCall();
    private final List<Stage> stages;
    private final Lines inputs = new Lines();
    /** The statements that bind each stage. */
    private final List<List<Lines>> bound;

    private final Set<String> fields = new HashSet<>();

    /** {@code methods} is the scope of the class's methods. */
    ProgramBody(ExecutionPlan plan, PlanNames names, ClassName owner, KernelFile kernels, JavaNames methods) {
        this.plan = plan;
        this.names = names;
        this.owner = owner;
        this.methods = methods;
        Optional<Timers> timers =
                kernels.writing().timed() ? Optional.of(new Timers(plan, names, owner.simpleName())) : Optional.empty();
        this.timers = timers;
        this.bind = new BindCode(plan, names, provider, timers);
        this.run = new RunCode(plan, names, kernels, timers);
        this.stages = Stage.of(plan, names.runs(), methods);
        bind.inputs(inputs);
        this.bound = stages.stream().map(bind::stage).toList();
    }

    PlanNames names() {
        return names;
    }

    BindCode bind() {
        return bind;
    }

    /** The statements that make what the caller fills. */
    Lines inputs() {
        return inputs;
    }

    /** True if fields are not final, because methods other than the constructor set them. */
    boolean split() {
        int lines = bound.stream().flatMap(List::stream).mapToInt(Lines::size).sum();
        return stages.size() > STAGES_IN_CONSTRUCTOR || lines > LINES_IN_CONSTRUCTOR;
    }

    /** A method for each stage. Ask for these before the constants and fields: they tell which the class needs. */
    List<MethodSpec> stageMethods() {
        var all = new ArrayList<MethodSpec>();
        stages.forEach(s -> stageMethods(s, all));
        return all;
    }

    private void stageMethods(Stage stage, List<MethodSpec> all) {
        List<Lines> parts = packed(run.stage(stage));
        var method = MethodSpec.methodBuilder(stage.name())
                .addModifiers(Modifier.PRIVATE)
                .addJavadoc("$L", stageDoc(stage));
        if (parts.size() == 1) {
            all.add(method.addCode(text(parts.getFirst())).build());
            return;
        }
        var calls = new Lines();
        var more = new ArrayList<MethodSpec>();
        for (Lines part : parts) {
            String name = methods.unique(stage.name() + "Part");
            calls.add(name + "()");
            more.add(MethodSpec.methodBuilder(name)
                    .addModifiers(Modifier.PRIVATE)
                    .addCode(text(part))
                    .build());
        }
        all.add(method.addCode(text(calls)).build());
        all.addAll(more);
    }

    private static CodeBlock text(Lines lines) {
        return RuntimeNames.TEXT.code(lines.toString());
    }

    /** Pieces put together to methods that are not too long. */
    private static List<Lines> packed(List<Lines> pieces) {
        var packed = new ArrayList<Lines>();
        for (Lines piece : pieces) {
            if (packed.isEmpty() || packed.getLast().size() + piece.size() > LINES_OF_A_METHOD) {
                packed.add(new Lines());
            }
            packed.getLast().add(piece);
        }
        return packed;
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

    /** True for a dim variable that running reads. */
    boolean reads(String variable) {
        return run.dimsRead().contains(variable);
    }

    /** The field that has threads share kernels, if there is one that they may; the statement that makes it. */
    Optional<String> addShared(TypeSpec.Builder type) {
        if (!run.shares()) {
            return Optional.empty();
        }
        type.addField(RuntimeNames.SHARED_CALL, PlanNames.SHARED, PRIVATE_FINAL);
        return Optional.of(PlanNames.SHARED + " = at.shared()");
    }

    void addConstants(TypeSpec.Builder type) {
        run.kernelFields().forEach((className, field) -> {
            ClassName kernels = ClassName.get(owner.packageName(), className);
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

    /** The fields of the steps: what they run and what kernels read and write. */
    void addStepFields(TypeSpec.Builder type) {
        for (int i = 0; i < plan.steps().size(); i++) {
            switch (plan.steps().get(i)) {
                case Step.Primitive _, Step.Reorder _ -> addOp(type, RuntimeNames.BOUND_OP, i);
                case Step.Call c -> addOp(type, names.functions().type(c.function()), i);
                case Step.Scan _ -> addField(type, RuntimeNames.SCAN_PARTS, names.op(i), "");
                case Step.Kernel _ -> {}
            }
            Step step = plan.steps().get(i);
            int index = i;
            timers.ifPresent(t -> addTimer(type, t, index));
            step.outputs().forEach(id -> addTensor(type, plan.buffers().get(id)));
            step.inputs().forEach(id -> addTensor(type, plan.buffers().get(id)));
        }
    }

    private void addTimer(TypeSpec.Builder type, Timers of, int step) {
        Optional<RunNames.Element> element = of.element(step);
        if (element.isPresent()) {
            addArray(type, RuntimeNames.OP_TIMER, element.get(), "");
        } else {
            of.field(step).ifPresent(f -> addField(type, RuntimeNames.OP_TIMER, f, ""));
        }
    }

    private void addOp(TypeSpec.Builder type, TypeName of, int step) {
        RunNames.Element element = names.arrays().ops().get(step);
        if (element == null) {
            addField(type, of, names.op(step), "");
        } else {
            addArray(type, of, element, "");
        }
    }

    /** The field of a tensor that has one, and of what it is a view of. */
    void addTensor(TypeSpec.Builder type, Buffer buffer) {
        buffer.viewOf().ifPresent(of -> addTensor(type, plan.buffers().get(of)));
        RunNames.Element element = names.arrays().tensors().get(buffer.id());
        if (names.hasField(buffer) && element != null) {
            addArray(type, RuntimeNames.TENSOR, element, buffer.type().toString());
        } else if (names.hasField(buffer)) {
            addField(
                    type,
                    RuntimeNames.TENSOR,
                    names.field(buffer.id()),
                    buffer.type().toString());
        }
    }

    private void addField(TypeSpec.Builder type, TypeName of, String name, String comment) {
        if (fields.add(name)) {
            var field = FieldSpec.builder(of, name, split() ? new Modifier[] {Modifier.PRIVATE} : PRIVATE_FINAL);
            addField(type, field, comment);
        }
    }

    private void addArray(TypeSpec.Builder type, TypeName of, RunNames.Element element, String comment) {
        if (fields.add(element.array())) {
            var field = FieldSpec.builder(ArrayTypeName.of(of), element.array(), PRIVATE_FINAL)
                    .initializer("new $T[$L]", of, element.size());
            addField(type, field, comment);
        }
    }

    private static void addField(TypeSpec.Builder type, FieldSpec.Builder field, String comment) {
        if (!comment.isEmpty()) {
            field.addJavadoc("$L\n", comment);
        }
        type.addField(field.build());
    }

    private static final Modifier[] PRIVATE_FINAL = {Modifier.PRIVATE, Modifier.FINAL};

    /** A field that the class has added itself. */
    void hasField(String name) {
        fields.add(name);
    }

    /**
     * Adds the statements that bind all stages, or with many stages calls of methods for them.
     *
     * @param arguments what those methods need besides the sizes of free dims
     */
    List<MethodSpec> bindStages(Lines constructor, List<ParameterSpec> arguments) {
        var binders = new ArrayList<MethodSpec>();
        if (!split()) {
            bound.forEach(pieces -> pieces.forEach(constructor::add));
            return binders;
        }
        var calls = new ArrayList<String>();
        for (int i = 0; i < stages.size(); i++) {
            String name = stages.get(i).name();
            String capital = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
            for (Lines part : packed(bound.get(i))) {
                calls.add(binder(methods.unique("bind" + capital), part, arguments, binders));
            }
        }
        if (calls.size() <= STAGES_OF_A_HALF) {
            calls.forEach(constructor::add);
            return binders;
        }
        for (int from = 0; from < calls.size(); from += STAGES_OF_A_HALF) {
            var part = new Lines();
            calls.subList(from, Math.min(calls.size(), from + STAGES_OF_A_HALF)).forEach(part::add);
            constructor.add(binder(methods.unique("bindPart"), part, arguments, binders));
        }
        return binders;
    }

    /** Adds a method with these statements; returns its call. */
    private String binder(String name, Lines statements, List<ParameterSpec> arguments, List<MethodSpec> binders) {
        var method =
                MethodSpec.methodBuilder(name).addModifiers(Modifier.PRIVATE).addParameters(arguments);
        binders.add(dimParameters(method)
                .addCode(RuntimeNames.TEXT.code(statements.toString()))
                .build());
        String given = arguments.stream().map(ParameterSpec::name).collect(Collectors.joining(", "));
        return name + "(" + given + dimArguments() + ")";
    }

    MethodSpec.Builder dimParameters(MethodSpec.Builder method) {
        names.dims().parameters().forEach(n -> method.addParameter(int.class, n));
        return method;
    }

    String dimArguments() {
        return names.dims().parameters().stream().map(n -> ", " + n).collect(Collectors.joining());
    }

    boolean hasBackward() {
        return stages.stream().anyMatch(s -> !s.forward());
    }

    /** A method that runs the stages of one half. */
    List<MethodSpec> half(String name, boolean forward, String doc) {
        List<String> calls = stages.stream()
                .filter(s -> s.forward() == forward)
                .map(s -> s.name() + "()")
                .toList();
        var all = new ArrayList<MethodSpec>();
        var first = MethodSpec.methodBuilder(name).addJavadoc("$L\n", doc);
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
}
