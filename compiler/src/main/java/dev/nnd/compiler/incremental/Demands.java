package dev.nnd.compiler.incremental;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** In which forms the values of a graph are needed, found from the outputs back to the inputs. */
final class Demands {

    /** How a value comes into a form. */
    enum Way {
        /** Its node computes it so. */
        COMPUTED,
        /** From a cache, to which the step adds what it computes. */
        CACHED,
        /** The last of the positions that the step computes. */
        PICKED
    }

    private final KnownValues known;
    private final Axes axes;
    private final StepFunctions functions;
    private final NeededForms rules;
    private final Map<Value, Map<List<Form>, Way>> demands = new HashMap<>();
    private final Map<Node, StepFunction> calls = new HashMap<>();

    /** The demands of a graph whose outputs are needed in these forms; an empty one is not needed. */
    Demands(Graph graph, List<List<Form>> outputs, KnownValues known, Axes axes, StepFunctions functions) {
        this.known = known;
        this.axes = axes;
        this.functions = functions;
        this.rules = new NeededForms(known, axes);
        for (int i = 0; i < outputs.size(); i++) {
            Value value = graph.outputs().get(i).value();
            if (outputs.get(i).size() == value.type().rank()) {
                demand(value, outputs.get(i));
            }
        }
        graph.nodes().reversed().forEach(this::node);
        graph.inputs().forEach(this::input);
    }

    /** The forms in which a value is needed, those that others are made of first. */
    Map<List<Form>, Way> of(Value value) {
        return demands.getOrDefault(value, Map.of());
    }

    /** What a call calls in a step. */
    StepFunction function(Node call) {
        StepFunction function = calls.get(call);
        if (function == null) {
            throw new IllegalStateException("nothing needs the call " + call);
        }
        return function;
    }

    private void demand(Value value, List<Form> forms) {
        demands.computeIfAbsent(value, _ -> new LinkedHashMap<>()).putIfAbsent(forms, Way.COMPUTED);
    }

    private void node(Node node) {
        for (Value value : node.outputs()) {
            settle(value, node);
        }
        if (node.op() instanceof Op.Call(var function)) {
            call(node, function);
            return;
        }
        for (Value value : node.outputs()) {
            of(value).forEach((forms, way) -> {
                if (way == Way.COMPUTED) {
                    List<List<Form>> operands = rules.of(node, forms);
                    for (int i = 0; i < operands.size(); i++) {
                        demand(node.inputs().get(i), operands.get(i));
                    }
                }
            });
        }
    }

    private void call(Node node, dev.nnd.compiler.ir.Function function) {
        if (node.outputs().stream().allMatch(v -> of(v).isEmpty())) {
            return;
        }
        List<List<Form>> results = new ArrayList<>();
        for (Value value : node.outputs()) {
            results.add(of(value).isEmpty() ? StepFunctions.UNUSED : axes.forms(value, Form.NOW));
        }
        StepFunction step =
                functions.of(function, node.inputs().stream().map(known::of).toList(), results);
        calls.put(node, step);
        step.operands().forEach(o -> demand(node.inputs().get(o.port()), o.forms()));
    }

    private void input(Port port) {
        settle(port.value(), null);
    }

    /** Decides how a value comes into the forms that its readers, all known by now, need. */
    private void settle(Value value, @org.jspecify.annotations.Nullable Node node) {
        Map<List<Form>, Way> needed = demands.get(value);
        if (needed == null || !known.of(value).tokens()) {
            return;
        }
        if (axes.timeAxes(value).size() > 1) {
            return;
        }
        List<Form> now = axes.forms(value, Form.NOW);
        boolean whole = node == null || node.op() instanceof Op.Call;
        boolean cached = needed.keySet().stream().anyMatch(f -> f.contains(Form.FULL));
        boolean picked = needed.keySet().stream().anyMatch(f -> f.contains(Form.LAST))
                && (whole || cached || needed.containsKey(now));
        if (!cached && !picked) {
            return;
        }
        var ways = new LinkedHashMap<List<Form>, Way>();
        ways.put(now, Way.COMPUTED);
        needed.keySet().forEach(forms -> {
            if (forms.contains(Form.FULL)) {
                ways.put(forms, Way.CACHED);
            } else if (forms.contains(Form.LAST)) {
                ways.put(forms, Way.PICKED);
            }
        });
        demands.put(value, ways);
    }
}
