package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Node;
import dev.nnd.compiler.ir.OpText;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The kernels of one .nnd file. Equal functions get one name and one body, in whichever plans they are; different ones
 * get different names.
 */
public final class KernelNames {

    private final Map<String, Named> byFunction = new HashMap<>();
    private final Names names = new Names();

    /** A function with its name in the file. */
    record Named(String name, Graph body) {}

    /** The function that equals this one, or else this one under a new name. */
    Named intern(Step.Kind kind, Graph body, String suggestion) {
        String key = kind + function(body);
        Named known = byFunction.get(key);
        if (known != null) {
            return known;
        }
        String name = names.unique(suggestion);
        var named = new Named(name, new Graph(name, body.inputs(), body.nodes(), body.outputs()));
        byFunction.put(key, named);
        return named;
    }

    /** What a body computes, without its names and places: equal functions have equal texts. */
    private static String function(Graph body) {
        var numbers = new HashMap<Value, Integer>();
        var text = new StringBuilder();
        for (Port port : body.inputs()) {
            text.append(" in ").append(port.value().type());
            numbers.put(port.value(), numbers.size());
        }
        for (Node node : body.nodes()) {
            text.append(" ; ").append(OpText.of(node.op())).append(numbers(node.inputs(), numbers));
            node.outputs().forEach(v -> numbers.put(v, numbers.size()));
        }
        List<Value> results = body.outputs().stream().map(Port::value).toList();
        return text.append(" out ").append(numbers(results, numbers)).toString();
    }

    private static String numbers(List<Value> values, Map<Value, Integer> numbers) {
        return values.stream().map(v -> String.valueOf(numbers.get(v))).collect(Collectors.joining(",", "(", ")"));
    }
}
