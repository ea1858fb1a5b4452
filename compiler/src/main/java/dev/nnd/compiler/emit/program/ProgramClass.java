package dev.nnd.compiler.emit.program;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
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
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Modifier;

/** One program class: fields, binding, a method for each stage, and what its interface asks for. */
final class ProgramClass {

    private final ProgramUnit unit;
    private final ExecutionPlan plan;
    private final PlanNames names;
    private final ProgramBody body;
    private final JavaNames methods = new JavaNames(List.of(
            "run",
            "forward",
            "backward",
            "close",
            "arenaBytes",
            "plannedBytes",
            "bind",
            "parts",
            "part",
            "loss",
            "metric",
            "fields",
            "batch"));
    private final TypeSpec.Builder type;
    private final ProgramResults results;

    ProgramClass(ProgramUnit unit, ExecutionPlan plan, FunctionClasses functions, KernelFile kernels) {
        this.unit = unit;
        this.plan = plan;
        this.names = PlanNames.ofProgram(plan, functions, unit.weightNames());
        for (Buffer buffer : plan.buffers()) {
            if (isCallers(buffer) && unit.infers()) {
                methods.unique(names.field(buffer.id()));
            }
        }
        this.body = new ProgramBody(plan, names, unit.name(), kernels, methods);
        this.results = new ProgramResults(unit, plan, names);
        this.type = TypeSpec.classBuilder(unit.name()).addModifiers(Modifier.FINAL);
    }

    GeneratedFile file() {
        // Code first: it tells which constants and fields the class needs.
        List<MethodSpec> stageMethods = body.stageMethods();
        List<MethodSpec> binding = binding();
        type.addSuperinterface(program()).addJavadoc("$L", doc());
        body.addConstants(type);
        addFields();
        binding.forEach(type::addMethod);
        type.addMethods(runMethods());
        stageMethods.forEach(type::addMethod);
        List<MethodSpec> ends = results.methods();
        type.addMethods(ends);
        return GeneratedFile.of(
                unit.name().packageName(), unit.span().file().name(), type.build(), false, layouts(ends, binding));
    }

    private static List<String> layouts(List<MethodSpec> ends, List<MethodSpec> binding) {
        var methods = new ArrayList<>(ends);
        methods.addAll(binding);
        return SourceText.layouts(methods.stream().map(MethodSpec::toString).toList());
    }

    private ClassName program() {
        return switch (unit.kind()) {
            case FORWARD -> RuntimeNames.PROGRAM;
            case DECODE -> RuntimeNames.DECODER_STEP;
            case STEP -> RuntimeNames.TRAIN_STEP;
            case EVALUATION -> RuntimeNames.EVAL_STEP;
        };
    }

    private String doc() {
        String what = switch (unit.kind()) {
            case FORWARD -> "Inference of {@link %s}";
            case DECODE -> "A step of {@link %s}: the scores behind a few tokens more";
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

    private void addFields() {
        for (String variable : plan.freeDims()) {
            if (isKept(variable)) {
                type.addField(
                        FieldSpec.builder(int.class, names.dims().parameter(variable), Modifier.PRIVATE, Modifier.FINAL)
                                .build());
            }
        }
        plan.buffers().stream().filter(ProgramClass::isCallers).forEach(b -> body.addTensor(type, b));
        body.addStepFields(type);
        if (unit.data().isPresent()) {
            type.addField(ProgramResults.TENSORS, "fields", Modifier.PRIVATE, Modifier.FINAL);
        }
        if (unit.rows().isPresent()) {
            type.addField(FieldSpec.builder(RowPartsCode.parts(unit), "parts", Modifier.PRIVATE)
                    .build());
            return;
        }
        var memory = FieldSpec.builder(RuntimeNames.MEMORY, "memory", Modifier.PRIVATE);
        if (!unit.infers()) {
            memory.addModifiers(Modifier.FINAL);
        }
        type.addField(memory.build());
    }

    /** True for a dim that the running program reads. */
    private boolean isKept(String variable) {
        return body.reads(variable) || !unit.infers();
    }

    private static boolean isCallers(Buffer buffer) {
        return buffer.storage() == Buffer.Storage.PORT;
    }

    private List<MethodSpec> binding() {
        var constructor = new Lines();
        plan.freeDims().stream()
                .filter(this::isKept)
                .map(names.dims()::parameter)
                .forEach(n -> constructor.add("this." + n + " = " + n));
        body.addShared(type).ifPresent(constructor::add);
        constructor.add(body.inputs());
        var arguments = List.of(
                ParameterSpec.builder(RuntimeNames.BINDING, "at").build(),
                ParameterSpec.builder(unit.weights(), "net").build());
        var binders = new ArrayList<>(body.bindStages(constructor, arguments));
        body.bind().outputs(constructor);
        if (unit.data().isPresent()) {
            List<String> tensors = results.fields(constructor);
            constructor.add("fields = List.of(" + String.join(", ", tensors) + ")");
        }
        binders.addAll(0, constructors(constructor.toString()));
        return binders;
    }

    /** A forward program can also be bound without taking memory, to tell how much it would take. */
    private List<MethodSpec> constructors(String statements) {
        boolean forward = unit.infers();
        String owner = unit.owner().simpleName();
        var constructor = MethodSpec.constructorBuilder();
        if (forward) {
            constructor.addModifiers(Modifier.PRIVATE).addParameter(RuntimeNames.BINDING, "at");
        } else {
            constructor.addParameter(RuntimeNames.PROVIDER, "provider");
        }
        body.dimParameters(constructor.addParameter(unit.weights(), "net"));
        if (!forward) {
            constructor.addStatement("var at = new $T($S, provider, net.parameters())", RuntimeNames.BINDING, owner);
        }
        List<String> settings = ProgramEmitter.settings(plan);
        settings.forEach(s -> constructor.addParameter(double.class, results.settingParameter(s)));
        constructor.addCode(RuntimeNames.TEXT.code(statements));
        if (!forward) {
            constructor.addStatement("memory = at.commit()");
            settings.forEach(s -> constructor.addStatement(results.set(s)));
            return List.of(constructor.build());
        }
        var all = new ArrayList<>(List.of(constructor.build()));
        unit.rows()
                .ifPresentOrElse(
                        rows -> all.addAll(new RowPartsCode(unit, rows, names.dims(), results).methods()),
                        () -> all.addAll(List.of(bindMethod(owner), plannedBytes(owner))));
        return all;
    }

    private MethodSpec.Builder factory(String name, TypeName result, String owner) {
        var method = MethodSpec.methodBuilder(name)
                .addModifiers(Modifier.STATIC)
                .returns(result)
                .addParameter(RuntimeNames.PROVIDER, "provider")
                .addParameter(unit.weights(), "net");
        boolean decodes = unit.kind() == ProgramUnit.Kind.DECODE;
        if (decodes) {
            method.addParameter(RuntimeNames.CACHES, "caches");
        }
        return body.dimParameters(method)
                .addStatement(
                        "var at = new $T($S, provider, net.parameters()$L)",
                        RuntimeNames.BINDING,
                        owner,
                        decodes ? ", caches" : "");
    }

    private MethodSpec bindMethod(String owner) {
        return factory("bind", unit.name(), owner)
                .addJavadoc("A program with memory of its own; close it.\n")
                .addStatement("var program = new $T(at, net$L)", unit.name(), body.dimArguments())
                .addStatement("program.memory = at.commit()")
                .addStatement("return program")
                .build();
    }

    private MethodSpec plannedBytes(String owner) {
        return factory("plannedBytes", TypeName.LONG, owner)
                .addJavadoc("How many bytes {@link #bind} takes, without taking them.\n")
                .addStatement("new $T(at, net$L)", unit.name(), body.dimArguments())
                .addStatement("return at.plannedBytes()")
                .build();
    }

    private List<MethodSpec> runMethods() {
        boolean backward = body.hasBackward();
        var run = MethodSpec.methodBuilder("run")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addStatement(unit.rows().isPresent() ? "parts.run()" : "forward()");
        if (backward) {
            run.addStatement("backward()");
        }
        var all = new ArrayList<MethodSpec>();
        all.add(run.build());
        all.addAll(body.half("forward", true, "Forward, in the order of the file."));
        if (backward) {
            all.addAll(body.half(
                    "backward", false, "Backward, in the reverse order: leaves the gradients of all parameters."));
        }
        return all;
    }
}
