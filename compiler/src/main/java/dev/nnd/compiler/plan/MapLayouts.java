package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Evaluator;
import dev.nnd.compiler.ir.GraphBuilder;
import dev.nnd.compiler.ir.Op;
import dev.nnd.compiler.ir.Origin;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.ir.Value;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.TensorType;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** In which layout a kernel that maps may run. */
final class MapLayouts {

    private MapLayouts() {}

    /**
     * The operand in whose provider layout a mapping kernel runs, or -1 if it runs in row-major order: no operand has a
     * provider's layout, types differ, or the padding of such a layout, which must stay 0, would not.
     */
    static int like(Body body, Unit unit, List<Integer> inputs, BufferTable buffers) {
        Optional<Integer> like = Optional.empty();
        for (int i = 0; i < inputs.size(); i++) {
            boolean array = body.graph().inputs().get(i).value().type().rank() > 0;
            if (array && like.isEmpty() && buffers.layoutClass(inputs.get(i)) >= 0) {
                like = Optional.of(inputs.get(i));
            }
        }
        if (like.isEmpty()) {
            return -1;
        }
        TensorType type = buffers.get(like.get()).type();
        for (int i = 0; i < inputs.size(); i++) {
            boolean array = body.graph().inputs().get(i).value().type().rank() > 0;
            if (array && !unit.inputs().get(i).type().equals(type)) {
                return -1;
            }
        }
        boolean sameOutputs = unit.outputs().stream().allMatch(v -> v.type().equals(type));
        return sameOutputs && keepsZero(body) ? like.get() : -1;
    }

    /**
     * Whether array operands of 0 give results of 0, whatever the scalars are: the reference is asked for two sets of
     * them.
     */
    private static boolean keepsZero(Body body) {
        for (double scalar : new double[] {0.7, -3.25}) {
            var inputs = new HashMap<String, double[]>();
            for (Port port : body.graph().inputs()) {
                inputs.put(port.name(), new double[] {port.value().type().rank() > 0 ? 0 : scalar});
            }
            var sizes = new HashMap<String, Long>();
            body.sizes().keySet().forEach(name -> sizes.put(name, 1L));
            Evaluator.Result result = Evaluator.evaluate(body.graph(), sizes, inputs);
            for (Port port : body.graph().outputs()) {
                if (result.value(port.value())[0] != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** A kernel that copies. */
    static Body copy(Value value, Origin origin) {
        List<Dim> count = List.of(Dim.variable("COUNT"));
        var to = new GraphBuilder("copy").at(origin);
        Value x = to.input(Port.Role.INPUT, "from", value.type().withDims(count));
        to.output(Port.Role.OUTPUT, "to", to.apply("to", new Op.Broadcast(count), x));
        Map<String, Dim> sizes = new LinkedHashMap<>();
        sizes.put("COUNT", value.type().elements());
        return new Body(Step.Kind.MAP, to.build(), sizes);
    }
}
