package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.emit.DimCode;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.emit.RuntimeNames;
import dev.nnd.compiler.ir.FlopCount;
import dev.nnd.compiler.plan.Buffer;
import dev.nnd.compiler.plan.ScanPlaces;
import dev.nnd.compiler.plan.ScanRows;
import dev.nnd.compiler.plan.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The statements that bind a scan: places for one step, the block that runs in them, and the loop around it. Where rows have
 * nothing to do with each other, that is done for each part of them.
 */
final class ScanCode {

    private final Step.Scan scan;
    private final PlanNames names;
    private final PlanNames inside;
    private final String parts;
    private final String loop;
    private final String body;
    private final ScanPlaces memory;
    private final Optional<String> rows;
    /** Sizes of one part. */
    private final DimCode dims;
    /** Results that nothing is left to do for. */
    private final Set<Integer> inPlace = new HashSet<>();

    ScanCode(Step.Scan scan, PlanNames names, int index) {
        this.scan = scan;
        this.names = names;
        this.inside = names.functions().names(scan.body());
        this.parts = names.op(index);
        this.loop = parts + "Loop";
        this.body = names.body(index);
        this.memory = ScanPlaces.of(scan);
        this.rows = ScanRows.of(scan);
        this.dims = rows.map(v -> names.dims().with(v, parts + "Rows")).orElse(names.dims());
    }

    void bind(Lines out) {
        String length = names.dims().code(scan.length()) + ", " + scan.reverse();
        for (int i = 0; i < scan.states(); i++) {
            oneEarlier(i, out);
        }
        if (rows.isEmpty()) {
            out.add(parts + " = at.scan(" + length + ")");
            part("0", out);
        } else {
            String flops = names.dims().code(FlopCount.of(scan.body().graph()));
            String count = names.dims().parameter(rows.get());
            out.add(parts + " = at.scan(" + length + ", " + count + ", " + flops + ")");
            String part = parts + "Part";
            out.open("for (int " + part + " = 0; " + part + " < " + parts + ".count(); " + part + "++)");
            out.add("int " + parts + "Rows = " + parts + ".rows(" + part + ")");
            part(part, out);
            out.close();
        }
        out.add("at.bound(" + parts + ")");
    }

    private void part(String part, Lines out) {
        List<Buffer> operands = scan.body().operands();
        int streamed = scan.states() + scan.sequences();
        List<String> places = operands.subList(0, streamed).stream()
                .map(b -> place(b, "", out))
                .toList();
        List<String> dead = new ArrayList<>(places);
        List<String> spares = spares(out);
        spares.stream().filter(s -> !s.isEmpty()).forEach(dead::add);
        block(places, out);
        List<String> results = IntStream.range(0, scan.body().results().size())
                .mapToObj(i -> result(memory.source(i), places))
                .toList();
        out.add("var " + loop + " = " + parts + ".loop(" + part + ")");
        dead.addAll(results);
        for (int i = 0; i < scan.states(); i++) {
            if (memory.state(i) == ScanPlaces.State.COLLECTED) {
                collected(i, places.get(i), results.get(i), out);
            } else {
                state(i, memory.state(i), places.get(i), results.get(i), spares.get(i), out);
            }
        }
        sequences(places, results, out);
        out.add(parts + ".block(" + body + "::run)");
        out.add("at.release(" + String.join(", ", dead.stream().distinct().toList()) + ")");
    }

    private void block(List<String> places, Lines out) {
        var arguments = new ArrayList<>(List.of("at"));
        arguments.addAll(places);
        scan.inputs().subList(places.size(), scan.inputs().size()).forEach(id -> arguments.add(names.tensor(id)));
        for (String variable : scan.body().plan().freeDims()) {
            arguments.add(dims.parameter(variable));
        }
        String type = names.functions().type(scan.body()).simpleName();
        out.add("var " + body + " = new " + type + "(" + String.join(", ", arguments) + ")");
    }

    private void sequences(List<String> places, List<String> results, Lines out) {
        for (int i = scan.states(); i < places.size(); i++) {
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
    }

    /** The tensor of a result, which may be that of an operand. */
    private String result(Buffer source, List<String> places) {
        int operand = scan.body().operands().indexOf(source);
        return operand >= 0 && operand < places.size() ? places.get(operand) : body + "." + inside.field(source.id());
    }

    /** The sequence of what a state is before each step, in the memory of the one of what it is after them. */
    private void oneEarlier(int index, Lines out) {
        OptionalInt before = memory.before(index, names::buffer);
        if (memory.state(index) == ScanPlaces.State.COLLECTED && before.isPresent()) {
            out.add("at.oneEarlier(" + output(before.getAsInt()) + ", "
                    + output(memory.after(index).orElseThrow()) + ", " + scan.reverse() + ")");
        }
    }

    private String output(int index) {
        return names.tensor(scan.outputs().get(index));
    }

    /** A state that is made in a sequence, and perhaps read there one entry earlier. */
    private void collected(int index, String current, String next, Lines out) {
        int after = memory.after(index).orElseThrow();
        OptionalInt before = memory.before(index, names::buffer);
        inPlace.add(after);
        before.ifPresent(inPlace::add);
        String earlier = before.isPresent() ? ", " + output(before.getAsInt()) : "";
        out.add(loop + ".collected(" + names.tensor(scan.inputs().get(index)) + ", " + current + ", " + next + ", "
                + output(index) + ", " + output(after) + earlier + ", " + memory.operandMoves(index) + ")");
    }

    /** The second places of states that have two: made before the body, whose memory they must not share. */
    private List<String> spares(Lines out) {
        var spares = new ArrayList<String>();
        for (int i = 0; i < scan.states(); i++) {
            boolean two = memory.state(i) == ScanPlaces.State.ALTERNATING;
            spares.add(two ? place(scan.body().operands().get(i), "Spare", out) : "");
        }
        return spares;
    }

    private void state(int index, ScanPlaces.State state, String current, String next, String spare, Lines out) {
        String start = names.tensor(scan.inputs().get(index));
        String tensors = start + ", " + current + ", " + next + ", " + output(index);
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
        String variable = parts + field.substring(0, 1).toUpperCase(Locale.ROOT) + field.substring(1);
        String sizes =
                operand.type().dims().stream().map(d -> ", " + dims.code(d)).collect(Collectors.joining());
        out.add("var " + variable + " = at.value(\"" + variable + "\", "
                + RuntimeNames.elementType(operand.type().dtype()) + sizes + ")");
        return variable;
    }
}
