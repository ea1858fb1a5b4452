package dev.nnd.compiler.emit.program;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.TypeSpec;
import dev.nnd.compiler.emit.GeneratedFile;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.emit.RuntimeNames;
import dev.nnd.compiler.emit.kernel.KernelFile;
import dev.nnd.compiler.plan.Buffer;
import dev.nnd.compiler.plan.FunctionPlan;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Modifier;

/**
 * The class of a block that a program uses more than once, one instance for each use: it is bound to the tensors that
 * its caller gives it, and keeps what it makes in fields.
 */
final class FunctionClass {

    private static final ParameterSpec AT =
            ParameterSpec.builder(RuntimeNames.BINDING, "at").build();

    private final FunctionPlan function;
    private final ProgramUnit unit;
    private final ClassName name;
    private final PlanNames names;
    private final ProgramBody body;

    FunctionClass(FunctionPlan function, ProgramUnit unit, FunctionClasses classes, KernelFile kernels) {
        this.function = function;
        this.unit = unit;
        this.name = classes.type(function);
        this.names = classes.names(function);
        var methods = new JavaNames(List.of("run"));
        this.body = new ProgramBody(function.plan(), names, name, kernels, methods);
    }

    GeneratedFile file() {
        var type = TypeSpec.classBuilder(name).addModifiers(Modifier.FINAL).addJavadoc("$L", doc());
        List<MethodSpec> stages = body.stageMethods();
        List<MethodSpec> binding = binding(type);
        body.addConstants(type);
        addFields(type);
        type.addMethods(binding);
        type.addMethods(body.half("run", true, "In the order of the file."));
        type.addMethods(stages);
        return GeneratedFile.of(name.packageName(), unit.span().file().name(), type.build(), false, List.of());
    }

    private String doc() {
        String what = function.isBackward() ? "Gradients that " : "What ";
        return what + "{@link " + unit.name().simpleName() + "} computes more than once: {@code " + function.name()
                + "}. An instance is one use.\n";
    }

    private List<Buffer> given() {
        var given = new ArrayList<>(function.operands());
        function.results().stream()
                .filter(b -> b.storage() == Buffer.Storage.GRADIENT)
                .forEach(given::add);
        return given;
    }

    private List<Buffer> made() {
        return function.results().stream()
                .filter(b -> b.storage() == Buffer.Storage.PORT)
                .toList();
    }

    private void addFields(TypeSpec.Builder type) {
        for (String variable : function.plan().freeDims()) {
            if (body.reads(variable)) {
                type.addField(int.class, names.dims().parameter(variable), Modifier.PRIVATE, Modifier.FINAL);
            }
        }
        for (Buffer buffer : given()) {
            edge(type, buffer, Modifier.PRIVATE, Modifier.FINAL);
        }
        for (Buffer buffer : made()) {
            if (body.split()) {
                edge(type, buffer);
            } else {
                edge(type, buffer, Modifier.FINAL);
            }
        }
        body.addStepFields(type);
    }

    private void edge(TypeSpec.Builder type, Buffer buffer, Modifier... modifiers) {
        String field = names.field(buffer.id());
        body.hasField(field);
        type.addField(FieldSpec.builder(RuntimeNames.TENSOR, field, modifiers)
                .addJavadoc("$L\n", buffer.type())
                .build());
    }

    private List<MethodSpec> binding(TypeSpec.Builder type) {
        var constructor = MethodSpec.constructorBuilder().addParameter(AT);
        var statements = new Lines();
        for (Buffer buffer : given()) {
            String field = names.field(buffer.id());
            constructor.addParameter(RuntimeNames.TENSOR, field);
            statements.add("this." + field + " = " + field);
        }
        body.dimParameters(constructor);
        for (String variable : function.plan().freeDims()) {
            if (body.reads(variable)) {
                String field = names.dims().parameter(variable);
                statements.add("this." + field + " = " + field);
            }
        }
        body.addShared(type).ifPresent(statements::add);
        List<MethodSpec> binders = body.bindStages(statements, List.of(AT));
        body.bind().outputs(statements);
        for (Buffer buffer : made()) {
            if (!names.hasField(buffer)) {
                statements.add(names.field(buffer.id()) + " = " + names.tensor(buffer.id()));
            }
        }
        var all = new ArrayList<MethodSpec>();
        all.add(constructor
                .addCode(RuntimeNames.TEXT.code(statements.toString()))
                .build());
        all.addAll(binders);
        return all;
    }
}
