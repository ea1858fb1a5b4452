package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.emit.RuntimeNames;
import dev.nnd.compiler.plan.Buffer;
import dev.nnd.compiler.plan.ScanPlaces;
import dev.nnd.compiler.plan.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The statements that bind a scan: places for one step, the block that runs in them, and the loop around it. */
final class ScanCode {

    private final Step.Scan scan;
    private final PlanNames names;
    private final PlanNames inside;
    private final String loop;
    private final String body;
    /** Results that nothing is left to do for. */
    private final Set<Integer> inPlace = new HashSet<>();

    ScanCode(Step.Scan scan, PlanNames names, int index) {
        this.scan = scan;
        this.names = names;
        this.inside = names.functions().names(scan.body());
        this.loop = names.op(index);
        this.body = names.body(index);
    }

    void bind(Lines out) {
        List<Buffer> operands = scan.body().operands();
        int streamed = scan.states() + scan.sequences();
        List<String> places = operands.subList(0, streamed).stream()
                .map(b -> place(b, "", out))
                .toList();
        var memory = ScanPlaces.of(scan);
        List<String> dead = new ArrayList<>(places);
        List<String> spares = spares(memory, out);
        spares.stream().filter(s -> !s.isEmpty()).forEach(dead::add);
        var arguments = new ArrayList<>(List.of("at"));
        arguments.addAll(places);
        scan.inputs().subList(streamed, scan.inputs().size()).forEach(id -> arguments.add(names.tensor(id)));
        for (String variable : scan.body().plan().freeDims()) {
            arguments.add(names.dims().parameter(variable));
        }
        String type = names.functions().type(scan.body()).simpleName();
        out.add(body + " = new " + type + "(" + String.join(", ", arguments) + ")");
        List<String> results = IntStream.range(0, scan.body().results().size())
                .mapToObj(i -> result(memory.source(i), places))
                .toList();
        out.add(loop + " = new ScanLoop(" + names.dims().code(scan.length()) + ", " + scan.reverse() + ")");
        dead.addAll(results);
        for (int i = 0; i < scan.states(); i++) {
            if (memory.state(i) == ScanPlaces.State.COLLECTED) {
                collected(i, memory, places.get(i), results.get(i), out);
            } else {
                state(i, memory.state(i), places.get(i), results.get(i), spares.get(i), out);
            }
        }
        for (int i = scan.states(); i < streamed; i++) {
            if (memory.isRead(i)) {
                String method = memory.operandMoves(i) ? ".moving(" : ".sequence(";
                out.add(loop + method + names.tensor(scan.inputs().get(i)) + ", " + places.get(i) + ")");
            }
        }
        for (int i = scan.states(); i < results.size(); i++) {
            if (inPlace.contains(i)) {
                continue;
            }
            String sequence = names.tensor(scan.outputs().get(i));
            out.add(
                    memory.resultMoves(i)
                            ? loop + ".moving(" + sequence + ", " + results.get(i) + ")"
                            : loop + ".collect(" + results.get(i) + ", " + sequence + ")");
        }
        out.add("at.release(" + String.join(", ", dead.stream().distinct().toList()) + ")");
    }

    /** The tensor of a result, which may be that of an operand. */
    private String result(Buffer source, List<String> places) {
        int operand = scan.body().operands().indexOf(source);
        return operand >= 0 && operand < places.size() ? places.get(operand) : body + "." + inside.field(source.id());
    }

    /** A state that is made in a sequence, and perhaps read there one entry earlier. */
    private void collected(int index, ScanPlaces memory, String current, String next, Lines out) {
        int after = memory.after(index).orElseThrow();
        OptionalInt before = memory.before(index, names::buffer);
        inPlace.add(after);
        String made = names.tensor(scan.outputs().get(after));
        String tensors = names.tensor(scan.inputs().get(index)) + ", " + current + ", " + next + ", "
                + names.tensor(scan.outputs().get(index)) + ", " + made;
        String moves = memory.operandMoves(index) ? "true" : "false";
        if (before.isPresent()) {
            inPlace.add(before.getAsInt());
            String read = names.tensor(scan.outputs().get(before.getAsInt()));
            out.add("at.oneEarlier(" + read + ", " + made + ", " + scan.reverse() + ")");
            out.add(loop + ".collected(" + tensors + ", " + read + ", " + moves + ")");
        } else {
            out.add(loop + ".collected(" + tensors + ", " + moves + ")");
        }
    }

    /** The second places of states that have two: made before the body, whose memory they must not share. */
    private List<String> spares(ScanPlaces memory, Lines out) {
        var spares = new ArrayList<String>();
        for (int i = 0; i < scan.states(); i++) {
            boolean two = memory.state(i) == ScanPlaces.State.ALTERNATING;
            spares.add(two ? place(scan.body().operands().get(i), "Spare", out) : "");
        }
        return spares;
    }

    private void state(int index, ScanPlaces.State state, String current, String next, String spare, Lines out) {
        String start = names.tensor(scan.inputs().get(index));
        String tensors = start + ", " + current + ", " + next + ", "
                + names.tensor(scan.outputs().get(index));
        if (state != ScanPlaces.State.COPIED) {
            out.add("at.aliveSince(" + next + ", " + current + ")");
        }
        out.add(loop
                + switch (state) {
                    case COPIED -> ".state(" + tensors + ")";
                    case FOLLOWING -> ".following(" + tensors + ")";
                    case ALTERNATING -> ".alternating(" + tensors + ", " + spare + ")";
                    case COLLECTED -> throw new IllegalArgumentException("state " + index + " is collected");
                });
    }

    /** Declares the tensor of a state or an entry; returns its variable. */
    private String place(Buffer operand, String suffix, Lines out) {
        String field = inside.field(operand.id()) + suffix;
        String variable = loop + field.substring(0, 1).toUpperCase(Locale.ROOT) + field.substring(1);
        String dims = operand.type().dims().stream()
                .map(d -> ", " + names.dims().code(d))
                .collect(Collectors.joining());
        out.add("var " + variable + " = at.value(\"" + variable + "\", "
                + RuntimeNames.elementType(operand.type().dtype()) + dims + ")");
        return variable;
    }
}
