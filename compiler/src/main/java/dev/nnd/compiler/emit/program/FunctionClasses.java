package dev.nnd.compiler.emit.program;

import com.palantir.javapoet.ClassName;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.FunctionPlan;
import dev.nnd.compiler.plan.Step;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The classes of the functions that a program calls. */
final class FunctionClasses {

    private final ClassName program;
    private final boolean rolled;
    private final JavaNames types = new JavaNames();
    private final Map<FunctionPlan, ClassName> classes = new IdentityHashMap<>();
    private final Map<FunctionPlan, PlanNames> names = new IdentityHashMap<>();
    private final List<FunctionPlan> all = new ArrayList<>();

    /**
     * The functions of a plan, whose class names start with that of the program.
     *
     * @param rolled whether steps that repeat become loops
     */
    FunctionClasses(ClassName program, ExecutionPlan plan, boolean rolled) {
        this.program = program;
        this.rolled = rolled;
        add(plan);
    }

    private void add(ExecutionPlan plan) {
        for (Step step : plan.steps()) {
            FunctionPlan function = called(step);
            if (function != null && !classes.containsKey(function)) {
                String name = types.unique(program.simpleName() + JavaNames.type(function.name()));
                classes.put(function, ClassName.get(program.packageName(), name));
                add(function.plan());
                names.put(function, PlanNames.ofFunction(function.plan(), this));
                all.add(function);
            }
        }
    }

    private static @Nullable FunctionPlan called(Step step) {
        return switch (step) {
            case Step.Call call -> call.function();
            case Step.Scan scan -> scan.body();
            case Step.Kernel _, Step.Primitive _, Step.Reorder _ -> null;
        };
    }

    boolean rolled() {
        return rolled;
    }

    /** All of them, each after those that it calls. */
    List<FunctionPlan> all() {
        return List.copyOf(all);
    }

    ClassName type(FunctionPlan function) {
        ClassName type = classes.get(function);
        if (type == null) {
            throw new IllegalArgumentException("no class for the function " + function);
        }
        return type;
    }

    /** What the ops and tensors are called in a function's class. */
    PlanNames names(FunctionPlan function) {
        PlanNames known = names.get(function);
        if (known == null) {
            throw new IllegalArgumentException("no names for the function " + function);
        }
        return known;
    }
}
