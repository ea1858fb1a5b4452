package dev.nnd.compiler.plan;

import dev.nnd.compiler.ir.Graph;
import dev.nnd.compiler.ir.Port;
import java.util.List;
import java.util.Optional;

/**
 * Whether a scan does the same to all rows of its batch, each for itself: then threads can run it for some rows each. States,
 * entries and results have a row on their first axis; what every step reads has none.
 */
public final class ScanRows {

    private ScanRows() {}

    /** The dim variable that counts the rows of a scan; empty if rows need one another, or if it has none. */
    public static Optional<String> of(Step.Scan scan) {
        return scan.body().plan().freeDims().stream()
                .filter(v -> !scan.length().variables().contains(v) && fits(v, scan))
                .findFirst();
    }

    private static boolean fits(String variable, Step.Scan scan) {
        Graph body = scan.body().graph();
        List<Port> operands = body.inputs();
        int streamed = scan.states() + scan.sequences();
        return scan.states() > 0
                && operands.subList(0, scan.states()).stream().allMatch(p -> leads(variable, p))
                && operands.subList(scan.states(), streamed).stream()
                        .allMatch(p -> leads(variable, p) || !RowIndependence.mentions(variable, p.value()))
                && operands.subList(streamed, operands.size()).stream()
                        .noneMatch(p -> RowIndependence.mentions(variable, p.value()))
                && body.outputs().stream().allMatch(p -> leads(variable, p))
                && RowIndependence.holds(body, variable);
    }

    private static boolean leads(String variable, Port port) {
        return RowIndependence.leads(variable, port.value());
    }
}
