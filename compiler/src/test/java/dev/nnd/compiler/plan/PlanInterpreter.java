package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Runs a plan step by step in double precision, each buffer in memory of its own unless the plan says that it shares
 * it. Released memory is filled with NaN, and a reorder shares memory or does not at random, as providers may. Ops of the
 * provider read what one of them has read before, until {@link Rewrites} says that it is new.
 */
final class PlanInterpreter {

    private final ExecutionPlan plan;
    private final Map<String, Long> freeDims;
    private final Random random;
    private final Map<Integer, double[]> memory = new HashMap<>();
    /** Outputs of reorders that had nothing to do: their release has no effect. */
    private final Set<Integer> shared = new HashSet<>();

    /** What ops of the provider have read, by its memory. */
    private final Map<double[], double[]> kept;

    private PlanInterpreter(ExecutionPlan plan, Map<String, Long> freeDims, long seed, Map<double[], double[]> kept) {
        this.kept = kept;
        this.plan = plan;
        this.freeDims = freeDims;
        this.random = new Random(seed);
    }

    /** The elements of every output port, by role and name. */
    static Map<String, double[]> run(
            ExecutionPlan plan, Map<String, Long> freeDims, Map<String, double[]> inputs, long seed) {
        var interpreter = new PlanInterpreter(plan, freeDims, seed, new IdentityHashMap<>());
        interpreter.allocate(inputs);
        interpreter.run();
        var results = new HashMap<String, double[]>();
        for (Buffer b : plan.buffers()) {
            b.port()
                    .ifPresent(p -> results.put(
                            p.role() + " " + p.name(),
                            interpreter.memory(b.id()).clone()));
        }
        return results;
    }

    private void run() {
        List<List<Integer>> rewrites = Rewrites.of(plan);
        for (int i = 0; i < plan.steps().size(); i++) {
            step(plan.steps().get(i));
            rewrites.get(i).forEach(id -> kept.remove(memory(id)));
            for (int id : plan.releases().get(i)) {
                if (!shared.contains(id)) {
                    Arrays.fill(memory(id), Double.NaN);
                }
            }
        }
    }

    private int elements(TensorType type) {
        return (int) type.elements().evaluate(freeDims);
    }

    private void allocate(Map<String, double[]> inputs) {
        for (Buffer b : plan.buffers()) {
            memory(b.id());
            boolean gradient = b.storage() == Buffer.Storage.GRADIENT;
            double[] given = inputs.get(b.port().map(Port::name).orElse(""));
            if (given != null && !gradient) {
                System.arraycopy(given, 0, memory(b.id()), 0, given.length);
            }
        }
    }

    private double[] memory(int id) {
        double[] known = memory.get(id);
        if (known != null) {
            return known;
        }
        Buffer b = plan.buffers().get(id);
        double[] made;
        if (b.viewOf().isPresent()) {
            made = memory(b.viewOf().get());
        } else {
            made = new double[elements(b.type())];
            Arrays.fill(made, Double.NaN);
        }
        memory.put(id, made);
        return made;
    }

    private void step(Step step) {
        switch (step) {
            case Step.Reorder r -> reorder(r);
            case Step.Call c -> call(c);
            case Step.Scan s -> scan(s);
            case Step.Kernel k -> {
                var sizes = new HashMap<String, Long>();
                k.sizes().forEach((name, dim) -> sizes.put(name, dim.evaluate(freeDims)));
                evaluate(k.body(), sizes, k.inputs().stream().map(this::memory).toList(), k.outputs());
            }
            case Step.Primitive p -> {
                List<Integer> inputs = Lifetimes.reads(p);
                var to = new GraphBuilder(p.name()).at(p.origin());
                var operands = new ArrayList<Value>();
                for (int id : inputs) {
                    Buffer b = plan.buffers().get(id);
                    operands.add(to.input(Port.Role.INPUT, b.name() + operands.size(), b.type()));
                }
                List<Value> results = to.applyAll("result", p.op(), operands);
                for (int i = 0; i < results.size(); i++) {
                    to.output(Port.Role.OUTPUT, "result" + i, results.get(i));
                }
                List<double[]> read = inputs.stream()
                        .map(id -> kept.computeIfAbsent(memory(id), double[]::clone))
                        .toList();
                evaluate(to.build(), freeDims, read, p.outputs());
            }
        }
    }

    private void scan(Step.Scan scan) {
        int steps = Math.toIntExact(scan.length().evaluate(freeDims));
        int streamed = scan.states() + scan.sequences();
        List<Buffer> operands = scan.body().operands();
        List<Buffer> results = scan.body().results();
        var states = new ArrayList<double[]>();
        scan.inputs()
                .subList(0, scan.states())
                .forEach(id -> states.add(memory(id).clone()));
        for (int i = 0; i < steps; i++) {
            int step = scan.reverse() ? steps - 1 - i : i;
            var inside = new PlanInterpreter(scan.body().plan(), freeDims, random.nextLong(), new IdentityHashMap<>());
            for (int k = 0; k < operands.size(); k++) {
                double[] from =
                        k < scan.states() ? states.get(k) : memory(scan.inputs().get(k));
                int size = elements(operands.get(k).type());
                boolean entry = k >= scan.states() && k < streamed;
                double[] given = entry ? Arrays.copyOfRange(from, step * size, (step + 1) * size) : from.clone();
                inside.memory.put(operands.get(k).id(), given);
            }
            inside.run();
            for (int k = 0; k < results.size(); k++) {
                double[] made = inside.memory(results.get(k).id());
                if (k < scan.states()) {
                    states.set(k, made.clone());
                } else {
                    System.arraycopy(made, 0, memory(scan.outputs().get(k)), step * made.length, made.length);
                }
            }
        }
        for (int k = 0; k < scan.states(); k++) {
            double[] last = states.get(k);
            System.arraycopy(last, 0, memory(scan.outputs().get(k)), 0, last.length);
        }
    }

    private void call(Step.Call call) {
        var inside = new PlanInterpreter(call.function().plan(), freeDims, random.nextLong(), kept);
        for (int i = 0; i < call.inputs().size(); i++) {
            inside.memory.put(
                    call.function().operands().get(i).id(), memory(call.inputs().get(i)));
        }
        inside.run();
        for (int i = 0; i < call.outputs().size(); i++) {
            double[] made = inside.memory(call.function().results().get(i).id());
            double[] to = memory(call.outputs().get(i));
            System.arraycopy(made, 0, to, 0, made.length);
            double[] read = kept.get(made);
            if (read != null) {
                kept.put(to, read);
            }
        }
    }

    private void reorder(Step.Reorder step) {
        boolean viewed = plan.buffers().stream()
                .anyMatch(b -> b.viewOf().isPresent() && b.viewOf().get() == step.to());
        if (random.nextBoolean() && !viewed) {
            memory.put(step.to(), memory(step.from()));
            shared.add(step.to());
        } else {
            double[] from = memory(step.from());
            System.arraycopy(from, 0, memory(step.to()), 0, from.length);
        }
    }

    private void evaluate(Graph body, Map<String, Long> sizes, List<double[]> inputs, List<Integer> outputs) {
        var named = new HashMap<String, double[]>();
        for (int i = 0; i < inputs.size(); i++) {
            named.put(body.inputs().get(i).name(), inputs.get(i).clone());
        }
        Evaluator.Result result = Evaluator.evaluate(body, sizes, named);
        for (int i = 0; i < outputs.size(); i++) {
            double[] made = result.value(body.outputs().get(i).value());
            double[] to = memory(outputs.get(i));
            if (made.length != to.length) {
                throw new AssertionError(body.name() + " makes " + made.length + " elements, not " + to.length);
            }
            System.arraycopy(made, 0, to, 0, made.length);
        }
    }
}
