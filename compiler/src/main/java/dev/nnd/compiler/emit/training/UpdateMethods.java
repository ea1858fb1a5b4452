package dev.nnd.compiler.emit.training;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.kernel.UpdateKernel;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;

/** The methods that change the weights after a step: clipping, then the optimizer's kernel over each group of weights. */
final class UpdateMethods {

    private final TypedTrain train;
    private final TrainingNames names;
    private final SectionCode code;
    private final ScalarCode numbers;
    private final Map<String, CodeBlock> schedules = new LinkedHashMap<>();
    private final Map<String, String> kernelFields = new LinkedHashMap<>();
    private final Set<String> states = new LinkedHashSet<>();
    private final List<MethodSpec> methods = new ArrayList<>();
    private final List<PreparedCode> prepared = new ArrayList<>();
    /** The fields of loops over weights, with the methods that do a part. */
    private final Map<String, String> loops = new LinkedHashMap<>();

    UpdateMethods(TypedTrain train, TrainingNames names, SectionCode code) {
        this.train = train;
        this.names = names;
        this.code = code;
        this.numbers = new ScalarCode(names);
        if (code.several()) {
            methods.add(choice());
        }
        for (int i = 0; i < code.statements().size(); i++) {
            methods.add(update(i));
            methods.addAll(ranges(i));
        }
        var schedule = new ScheduleCode(numbers);
        numbers.schedules().forEach((s, name) -> schedules.put(name, schedule.code(s)));
    }

    List<MethodSpec> methods() {
        return methods;
    }

    /** The fields of schedules with what makes them. */
    Map<String, CodeBlock> schedules() {
        return schedules;
    }

    /** The slabs of all updates that live from step to step. */
    Set<String> states() {
        return states;
    }

    /** The fields of loops that threads share, with the methods that do a range of them. */
    Map<String, String> loops() {
        return loops;
    }

    List<FieldSpec> kernelFields() {
        var fields = new ArrayList<FieldSpec>();
        kernelFields.forEach((type, name) -> {
            ClassName kernels = ClassName.get(train.packageName(), type);
            fields.add(FieldSpec.builder(kernels, name, Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                    .initializer("$T.INSTANCE", kernels)
                    .build());
        });
        return fields;
    }

    private String kernels(UpdateKernel kernel) {
        return kernelFields.computeIfAbsent(
                kernel.className(), _ -> kernelFields.isEmpty() ? "KERNELS" : "KERNELS" + (kernelFields.size() + 1));
    }

    private MethodSpec choice() {
        var method = MethodSpec.methodBuilder("update")
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .addParameter(int.class, "statement")
                .addParameter(long.class, "step")
                .beginControlFlow("switch (statement)");
        for (int i = 0; i < code.statements().size(); i++) {
            method.addStatement(
                    "case $L -> update$L(step)", i, code.statements().get(i).name());
        }
        return method.addStatement(
                        "default -> throw new $T($S + statement)",
                        IndexOutOfBoundsException.class,
                        "there is no statement ")
                .endControlFlow()
                .build();
    }

    private MethodSpec update(int index) {
        StatementCode statement = code.statements().get(index);
        TypedTrain.Minimize minimize = train.minimize().get(index);
        var method = MethodSpec.methodBuilder("update" + statement.name());
        if (code.several()) {
            method.addModifiers(Modifier.PRIVATE);
        } else {
            method.addAnnotation(Override.class).addModifiers(Modifier.PUBLIC).addParameter(int.class, "statement");
        }
        method.addParameter(long.class, "step")
                .addComment("$L  $L", Docs.place(minimize.span()), optimizerText(minimize))
                .addStatement("this.step = step")
                .addStatement("var all = $L.parameters()", code.net());
        clip(statement, minimize.optimizer().arguments(), method);
        for (StatementCode.Update update : statement.updates()) {
            prepare(index, update, method);
            String loop = loop(statement, update);
            loops.put(loop, range(statement, update));
            if (update.groups().isEmpty()) {
                method.addStatement("$L.run(0, all.slabElements())", loop);
            }
            for (String group : update.groups()) {
                method.addStatement("$1L.run($2L.$3L.from(), $2L.$3L.to())", loop, code.net(), group);
            }
        }
        return method.build();
    }

    private void prepare(int index, StatementCode.Update update, MethodSpec.Builder method) {
        StatementCode statement = code.statements().get(index);
        update.prepared().ifPresent(optimizer -> {
            var code = new PreparedCode(optimizer, numbers, "optimizer" + numbered(statement, update));
            prepared.add(code);
            String groups = update.groups().isEmpty()
                    ? "all.whole()"
                    : update.groups().stream()
                            .map(g -> this.code.net() + "." + g)
                            .collect(Collectors.joining(", "));
            method.addStatement(code.call(slab -> state(index, slab), groups));
        });
    }

    /** The optimizers of the runtime that this section uses. */
    List<PreparedCode> prepared() {
        return prepared;
    }

    private static String numbered(StatementCode statement, StatementCode.Update update) {
        int index = statement.updates().indexOf(update);
        return statement.name() + (index == 0 ? "" : index + 1);
    }

    private static String loop(StatementCode statement, StatementCode.Update update) {
        return "loop" + numbered(statement, update);
    }

    private static String range(StatementCode statement, StatementCode.Update update) {
        return "updateRange" + numbered(statement, update);
    }

    private List<MethodSpec> ranges(int index) {
        StatementCode statement = code.statements().get(index);
        var all = new ArrayList<MethodSpec>();
        for (StatementCode.Update update : statement.updates()) {
            all.add(MethodSpec.methodBuilder(range(statement, update))
                    .addModifiers(Modifier.PRIVATE)
                    .addJavadoc("Updates some weights; threads share them all.\n")
                    .addParameter(long.class, "from")
                    .addParameter(long.class, "to")
                    .addStatement("var all = $L.parameters()", code.net())
                    .addStatement("$L", kernelCall(index, update))
                    .build());
        }
        return all;
    }

    private void clip(StatementCode statement, Map<String, ScalarExpr> arguments, MethodSpec.Builder method) {
        List<String> groups = statement.updates().stream()
                .flatMap(u -> u.groups().stream())
                .map(g -> code.net() + "." + g)
                .toList();
        String what = groups.isEmpty() ? "all.whole()" : String.join(", ", groups);
        ScalarExpr value = arguments.get("clip_value");
        if (value != null) {
            method.addStatement(
                    "$T.byValue(all.gradients(), $L, $L)", RuntimeTypes.GRADIENT_CLIPPING, numbers.code(value), what);
        }
        ScalarExpr norm = arguments.get("clip_norm");
        if (norm == null && train.run().clipNorm().isPresent()) {
            norm = new ScalarExpr.Number(train.run().clipNorm().getAsDouble());
        }
        if (norm != null) {
            method.addStatement(
                    "$T.byNorm(all.gradients(), $L, $L)", RuntimeTypes.GRADIENT_CLIPPING, numbers.code(norm), what);
        }
    }

    /** Calls the kernel: slabs, the range of elements, then the numbers of this step. */
    private CodeBlock kernelCall(int index, StatementCode.Update update) {
        UpdateKernel kernel = update.kernel();
        List<String> slabs = kernel.slabs().stream()
                .map(slab -> switch (slab) {
                    case "p" -> "all.values()";
                    case "g" -> "all.gradients()";
                    default -> "all.state(\"" + state(index, slab) + "\")";
                })
                .toList();
        var scalars = new ArrayList<String>();
        for (String scalar : kernel.scalars()) {
            ScalarExpr value = update.arguments().get(scalar);
            scalars.add(scalar.equals("step") ? "step" : value != null ? numbers.code(value) : names.setting(scalar));
        }
        String arguments = kernel.arguments(slabs, "from", "to", scalars);
        return CodeBlock.of("$L.$L($L)", kernels(kernel), kernel.name(), arguments);
    }

    /** Statements that change the same weights have states of their own; others share the slabs. */
    private String state(int index, String slab) {
        List<String> mine = groups(index);
        boolean shared = false;
        for (int before = 0; before < index; before++) {
            shared |= mine.isEmpty() || groups(before).stream().anyMatch(mine::contains);
        }
        String name = shared ? slab + (index + 1) : slab;
        states.add(name);
        return name;
    }

    private List<String> groups(int index) {
        return code.statements().get(index).updates().stream()
                .flatMap(u -> u.groups().stream())
                .toList();
    }

    private static String optimizerText(TypedTrain.Minimize minimize) {
        String text = minimize.span().text().replaceAll("\\s+", " ");
        int using = text.lastIndexOf("using ");
        return using < 0 ? text : text.substring(using);
    }
}
