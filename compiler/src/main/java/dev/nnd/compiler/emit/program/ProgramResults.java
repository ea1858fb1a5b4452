package dev.nnd.compiler.emit.program;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import dev.nnd.compiler.emit.Indexed;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.emit.RuntimeNames;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.lower.RandomLowering;
import dev.nnd.compiler.plan.Buffer;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.typed.TypedData;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** The methods by which a program's caller fills it and reads it, and the end of its life. */
final class ProgramResults {

    static final TypeName TENSORS = ParameterizedTypeName.get(ClassName.get(List.class), RuntimeNames.TENSOR);

    private final ProgramUnit unit;
    private final ExecutionPlan plan;
    private final PlanNames names;

    ProgramResults(ProgramUnit unit, ExecutionPlan plan, PlanNames names) {
        this.unit = unit;
        this.plan = plan;
        this.names = names;
    }

    List<MethodSpec> methods() {
        var all = new ArrayList<MethodSpec>();
        if (unit.infers()) {
            plan.buffers().stream().filter(ProgramResults::isEdge).forEach(b -> all.add(segment(b)));
        } else {
            all.add(method("fields", TENSORS).addStatement("return fields").build());
            all.add(method("loss", TypeName.DOUBLE)
                    .addStatement("return $L", read(port(Port.Role.LOSS, "loss")))
                    .build());
            if (!unit.losses().isEmpty()) {
                all.add(losses());
            }
            all.add(metric());
            if (unit.streams().keySet().stream().anyMatch(metric -> metric >= 0)) {
                all.add(gather());
            }
            if (unit.streams().containsKey(ProgramUnit.PREDICTIONS)) {
                all.add(predictions());
            }
            all.add(method("batch", TypeName.INT)
                    .addStatement("return $L", names.dims().parameters().getFirst())
                    .build());
        }
        random().ifPresent(all::add);
        String memory = unit.rows().isPresent() ? "parts" : "memory";
        all.add(method("arenaBytes", TypeName.LONG)
                .addStatement("return $L.bytes()", memory)
                .build());
        all.add(method("close", TypeName.VOID)
                .addStatement("$L.close()", memory)
                .build());
        return all;
    }

    /** The tensors of a program's ports of a role. */
    CodeBlock ports(String program, Port.Role role) {
        String tensors = plan.buffers().stream()
                .filter(b -> b.port().filter(p -> p.role() == role).isPresent())
                .map(b -> program + "." + tensor(b.id()))
                .collect(Collectors.joining(", "));
        return CodeBlock.of("$T.of($L)", List.class, tensors);
    }

    private String tensor(int buffer) {
        return Indexed.plain(names.tensor(buffer));
    }

    private static boolean isEdge(Buffer buffer) {
        return buffer.port()
                .map(Port::role)
                .filter(r -> r == Port.Role.INPUT || r == Port.Role.OUTPUT)
                .isPresent();
    }

    private static MethodSpec.Builder method(String name, TypeName returns) {
        return MethodSpec.methodBuilder(name)
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(returns);
    }

    private MethodSpec segment(Buffer buffer) {
        boolean input = buffer.port().orElseThrow().role() == Port.Role.INPUT;
        boolean inherited = unit.kind() == ProgramUnit.Kind.DECODE;
        var method = inherited
                ? method(names.field(buffer.id()), ClassName.get(MemorySegment.class))
                : MethodSpec.methodBuilder(names.field(buffer.id())).returns(MemorySegment.class);
        return method.addJavadoc("$L: $L.\n", input ? "To fill before a run" : "To read after a run", buffer.type())
                .addStatement(
                        unit.rows().isPresent() ? "return parts.whole($L)" : "return $L.segment()", tensor(buffer.id()))
                .build();
    }

    /** A setting's parameter of the constructor. */
    String settingParameter(String setting) {
        return tensor(port(Port.Role.SCALAR, setting).id()) + "Value";
    }

    /** Gives a program the value of a setting. */
    String set(String setting) {
        return tensor(port(Port.Role.SCALAR, setting).id()) + ".segment().set(JAVA_DOUBLE, 0, "
                + settingParameter(setting) + ")";
    }

    private MethodSpec losses() {
        var lines = new Lines().open("return switch (statement)");
        for (int i = 0; i < unit.losses().size(); i++) {
            lines.add("case " + i + " -> "
                    + read(port(Port.Role.METRIC, unit.losses().get(i))));
        }
        lines.add("default -> throw new IndexOutOfBoundsException(\"there is no statement \" + statement)")
                .close();
        return method("loss", TypeName.DOUBLE)
                .addParameter(int.class, "statement")
                .addCode("$L", lines.toString().stripTrailing() + ";\n")
                .build();
    }

    private MethodSpec gather() {
        var lines = new Lines().open("switch (metric)");
        unit.streams().forEach((metric, ports) -> {
            if (metric >= 0) {
                lines.add("case " + metric + " -> into.add("
                        + ports.stream().map(this::streamed).collect(Collectors.joining(", ")) + ")");
            }
        });
        lines.add("default -> throw new IndexOutOfBoundsException(\"metric \" + metric + \" is a mean\")")
                .close();
        return method("gather", TypeName.VOID)
                .addParameter(int.class, "metric")
                .addParameter(ClassName.get("dev.nnd.runtime.metric", "StreamingMetric"), "into")
                .addCode("$L", lines.toString())
                .build();
    }

    private MethodSpec predictions() {
        var consumer =
                ParameterizedTypeName.get(ClassName.get(BiConsumer.class), RuntimeNames.TENSOR, RuntimeNames.TENSOR);
        String both = unit.streams().getOrDefault(ProgramUnit.PREDICTIONS, List.of()).stream()
                .map(this::streamed)
                .collect(Collectors.joining(", "));
        return method("predictions", TypeName.VOID)
                .addParameter(consumer, "into")
                .addStatement("into.accept($L)", both)
                .build();
    }

    private String streamed(String port) {
        return tensor(find(Port.Role.OUTPUT, port)
                .or(() -> find(Port.Role.INPUT, port))
                .orElseThrow(() -> new IllegalArgumentException(plan.name() + " has no port " + port))
                .id());
    }

    private MethodSpec metric() {
        var lines = new Lines().open("return switch (index)");
        boolean any = false;
        for (int i = 0; i < unit.metrics().size(); i++) {
            Optional<Buffer> mean = find(Port.Role.METRIC, unit.metrics().get(i));
            if (mean.isPresent()) {
                any = true;
                lines.add("case " + i + " -> " + read(mean.get()));
            }
        }
        lines.add("default -> throw new IndexOutOfBoundsException(\"there is no metric \" + index)")
                .close();
        String text = lines.toString().stripTrailing() + ";\n";
        return method("metric", TypeName.DOUBLE)
                .addParameter(int.class, "index")
                .addCode("$L", any ? text : noMetrics())
                .build();
    }

    private static String noMetrics() {
        return "throw new IndexOutOfBoundsException(\"there is no metric \" + index);\n";
    }

    /** For a program that draws random numbers. */
    private Optional<MethodSpec> random() {
        Optional<Buffer> seed = find(Port.Role.SCALAR, RandomLowering.SEED);
        Optional<Buffer> step = find(Port.Role.SCALAR, RandomLowering.STEP);
        if (seed.isEmpty() && step.isEmpty()) {
            return Optional.empty();
        }
        var method =
                method("random", TypeName.VOID).addParameter(long.class, "seed").addParameter(long.class, "step");
        seed.ifPresent(b -> method.addStatement("$L.segment().set(JAVA_LONG, 0, seed)", tensor(b.id())));
        step.ifPresent(b -> method.addStatement("$L.segment().set(JAVA_LONG, 0, step)", tensor(b.id())));
        return Optional.of(method.build());
    }

    private Optional<Buffer> find(Port.Role role, String name) {
        return plan.buffers().stream()
                .filter(b -> b.port()
                        .filter(p -> p.role() == role && p.name().equals(name))
                        .isPresent())
                .findFirst();
    }

    private Buffer port(Port.Role role, String name) {
        return find(role, name)
                .orElseThrow(() -> new IllegalArgumentException(plan.name() + " has no " + role + " " + name));
    }

    private String read(Buffer scalar) {
        String layout = switch (scalar.type().dtype()) {
            case F32 -> "JAVA_FLOAT";
            case F64 -> "JAVA_DOUBLE";
            case I32 -> "JAVA_INT";
            case I64 -> "JAVA_LONG";
            case F16, BF16, I8, U8, BOOL ->
                throw new IllegalArgumentException(scalar.name() + " is no number: " + scalar.type());
        };
        return tensor(scalar.id()) + ".segment().get(" + layout + ", 0)";
    }

    /** The Java expressions of the tensors of all data fields, in order; those that the plan has no port for are made. */
    List<String> fields(Lines bind) {
        var tensors = new ArrayList<String>();
        for (TypedData.Field field : unit.data().orElseThrow().fields()) {
            String known = plan.buffers().stream()
                    .filter(b -> b.port()
                            .filter(p -> p.role() == Port.Role.INPUT && p.name().equals(field.name()))
                            .isPresent())
                    .map(b -> tensor(b.id()))
                    .findFirst()
                    .orElse("");
            if (known.isEmpty()) {
                known = JavaNames.member(field.name()) + "Unused";
                String dims = field.type().dims().stream()
                        .map(d -> ", " + names.dims().code(d))
                        .collect(Collectors.joining());
                bind.add("var " + known + " = at.port(\"" + field.name() + "\", "
                        + RuntimeNames.elementType(field.type().dtype()) + ", "
                        + names.dims().parameters().getFirst() + dims + ")");
            }
            tensors.add(known);
        }
        return tensors;
    }
}
