package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.FlopCount;
import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.type.Dim;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The rows of a prediction's batch, where they have nothing to do with one another and so much arithmetic for each weight that
 * it may be worthwhile to run the prediction for some of them at a time.
 *
 * @param variable the dim variable that counts them
 * @param flops arithmetic of all of them
 */
public record BatchRows(String variable, Dim flops) {

    /** With less for each weight, a few rows at a time would mostly read weights. */
    private static final long LEAST_FLOPS_OF_A_WEIGHT = 64;

    /** With less for each row no batch is worth it. */
    private static final long LEAST_FLOPS_OF_A_ROW = 1_000_000;

    /** What is done once for all rows must be less than one part of so many, since it would be done for each part of them. */
    private static final long SMALL = 100;

    /**
     * The rows of a graph after all rewrites.
     *
     * @param freeDims its dim variables
     */
    public static Optional<BatchRows> of(Graph graph, Set<String> freeDims) {
        Dim flops = FlopCount.of(graph);
        return freeDims.stream()
                .filter(v -> edgesFit(v, graph) && worthwhile(v, flops, graph) && RowIndependence.holds(graph, v))
                .findFirst()
                .map(v -> new BatchRows(v, flops));
    }

    private static boolean edgesFit(String variable, Graph graph) {
        return graph.inputs().stream().anyMatch(p -> p.role() == Port.Role.INPUT)
                && graph.inputs().stream().allMatch(p -> switch (p.role()) {
                    case INPUT -> RowIndependence.leads(variable, p.value());
                    case PARAMETER, BUFFER -> !RowIndependence.mentions(variable, p.value());
                    case CACHE, SCALAR, STATE, OUTPUT, GRADIENT, LOSS, METRIC, UPDATED -> false;
                })
                && graph.outputs().stream()
                        .allMatch(p -> p.role() == Port.Role.OUTPUT && RowIndependence.leads(variable, p.value()));
    }

    /** By what is known before the sizes of other dims are. */
    private static boolean worthwhile(String variable, Dim flops, Graph graph) {
        Map<String, Long> ones = flops.variables().stream().collect(Collectors.toMap(v -> v, _ -> 1L));
        long once = flops.substitute(Map.of(variable, Dim.ZERO)).evaluate(ones);
        long row = flops.evaluate(ones) - once;
        if (once * SMALL > row) {
            return false;
        }
        boolean known = flops.variables().size() == 1;
        return !known || row >= LEAST_FLOPS_OF_A_ROW && row >= LEAST_FLOPS_OF_A_WEIGHT * weights(graph);
    }

    private static long weights(Graph graph) {
        return graph.inputs().stream()
                .filter(p -> p.role() == Port.Role.PARAMETER)
                .mapToLong(p -> p.value().type().elements().constant().orElse(0))
                .sum();
    }
}
