package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Function;
import java.util.IdentityHashMap;
import java.util.Map;

/** The plans of the functions that a graph calls. */
final class FunctionPlans {

    private final Map<Function, FunctionPlan> plans = new IdentityHashMap<>();

    FunctionPlan of(Function function) {
        FunctionPlan plan = plans.get(function);
        if (plan == null) {
            throw new IllegalStateException(function + " is called before it is planned");
        }
        return plan;
    }

    void add(Function function, ExecutionPlan plan) {
        plans.put(function, new FunctionPlan(function, plan));
    }
}
