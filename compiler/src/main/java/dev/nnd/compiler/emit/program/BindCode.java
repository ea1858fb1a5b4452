package dev.nnd.compiler.emit.program;

import dev.nnd.compiler.emit.Docs;
import dev.nnd.compiler.emit.Lines;
import dev.nnd.compiler.emit.RuntimeNames;
import dev.nnd.compiler.ir.Port;
import dev.nnd.compiler.plan.Buffer;
import dev.nnd.compiler.plan.ExecutionPlan;
import dev.nnd.compiler.plan.Rewrites;
import dev.nnd.compiler.plan.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The statements that bind a program: tensors and ops in the order of execution, each released when it is dead. */
final class BindCode {

    private final ExecutionPlan plan;
    private final PlanNames names;
    private final ProviderCall provider;
    private final Optional<Timers> timers;
    private final List<List<Integer>> rewrites;
    private final Set<Integer> made = new HashSet<>();
    private final Set<Integer> byOps = new HashSet<>();

    BindCode(ExecutionPlan plan, PlanNames names, ProviderCall provider, Optional<Timers> timers) {
        this.timers = timers;
        this.plan = plan;
        this.names = names;
        this.provider = provider;
        this.rewrites = Rewrites.of(plan);
        for (Step step : plan.steps()) {
            switch (step) {
                case Step.Kernel _ -> {}
                case Step.Reorder r -> byOps.add(r.to());
                case Step.Primitive p -> byOps.addAll(split(p, false));
                case Step.Call c -> results(c, false).forEach(byOps::add);
                case Step.Scan _ -> {}
            }
        }
    }

    /** The results of a call that are given to it, or those that it makes. */
    private List<Integer> results(Step.Call call, boolean given) {
        PlanNames inside = names.functions().names(call.function());
        List<Buffer> results = call.function().results();
        return IntStream.range(0, results.size())
                .filter(i -> inside.isGiven(results.get(i)) == given)
                .mapToObj(call.outputs()::get)
                .toList();
    }

    /** What the caller fills. */
    void inputs(Lines out) {
        for (Buffer buffer : plan.buffers()) {
            boolean filled =
                    buffer.port().map(Port::role).filter(BindCode::isFilled).isPresent();
            if (buffer.storage() == Buffer.Storage.PORT && filled) {
                make(buffer, out);
            }
        }
    }

    private static boolean isFilled(Port.Role role) {
        return role == Port.Role.INPUT || role == Port.Role.SCALAR;
    }

    /** The steps of one stage, a piece for each loop. */
    List<Lines> stage(Stage stage) {
        return stage.pieces(names, (steps, out) -> steps(steps, stage.forward(), out));
    }

    private void steps(List<Integer> steps, boolean forward, Lines out) {
        String before = "";
        for (int index : steps) {
            Step step = plan.steps().get(index);
            String place = Docs.place(step.origin().span()) + "  "
                    + Docs.plain(step.origin().text()) + (forward ? "" : ", backward");
            if (!place.equals(before)) {
                out.comment(place);
                before = place;
            }
            step.inputs().forEach(id -> need(id, out));
            bind(index, step, out);
            timers.ifPresent(t -> t.bind(index, out));
            tensors("rewritten", rewrites.get(index), out);
            tensors("release", plan.releases().get(index), out);
        }
    }

    /** Outputs that are reshapes of computed values. */
    void outputs(Lines out) {
        for (Buffer buffer : plan.buffers()) {
            if (buffer.storage() == Buffer.Storage.PORT) {
                need(buffer.id(), out);
            }
        }
    }

    private void bind(int index, Step step, Lines out) {
        switch (step) {
            case Step.Kernel k -> k.outputs().forEach(id -> need(id, out));
            case Step.Primitive p -> {
                List<Integer> into = split(p, true);
                into.forEach(id -> need(id, out));
                List<String> given = into.stream().map(names::tensor).toList();
                List<String> inputs = p.inputs().stream().map(names::tensor).toList();
                out.add(names.op(index) + " = " + provider.call(p, names.label(index, p.name()), inputs, given));
            }
            case Step.Reorder r -> {
                String method = r.like() < 0 ? "reorder" : "reorderLike";
                String like = r.like() < 0 ? "" : ", " + names.tensor(r.like());
                out.add(names.op(index) + " = at." + method + "(\"" + names.label(index, r.name()) + "\", "
                        + names.tensor(r.from()) + like + ")");
            }
            case Step.Call c -> out.add(names.op(index) + " = " + call(c, out));
            case Step.Scan s -> {
                s.outputs().forEach(id -> need(id, out));
                new ScanCode(s, names, index).bind(out);
            }
        }
        made.addAll(step.outputs());
    }

    /** The outputs that are given to an op, or those that it makes. */
    private static List<Integer> split(Step.Primitive step, boolean given) {
        return IntStream.range(0, step.outputs().size())
                .filter(i -> ProviderCall.writesIntoGiven(step.op(), i) == given)
                .mapToObj(step.outputs()::get)
                .toList();
    }

    private String call(Step.Call call, Lines out) {
        List<Integer> given = results(call, true);
        given.forEach(id -> need(id, out));
        var arguments = new ArrayList<>(List.of("at"));
        call.inputs().forEach(id -> arguments.add(names.tensor(id)));
        given.forEach(id -> arguments.add(names.tensor(id)));
        for (String variable : call.function().plan().freeDims()) {
            arguments.add(names.dims().parameter(variable));
        }
        String type = names.functions().type(call.function()).simpleName();
        return "new " + type + "(" + String.join(", ", arguments) + ")";
    }

    /** Makes a tensor that no step makes, before its first use. */
    private void need(int id, Lines out) {
        Buffer buffer = plan.buffers().get(id);
        if (!made.contains(id) && !byOps.contains(id)) {
            make(buffer, out);
        }
    }

    private void make(Buffer buffer, Lines out) {
        made.add(buffer.id());
        buffer.viewOf().ifPresent(of -> need(of, out));
        if (!names.hasField(buffer) || names.isGiven(buffer)) {
            return;
        }
        String field = names.field(buffer.id());
        String made = switch (buffer.storage()) {
            case PARAMETER -> "at.parameter(" + names.weight(buffer.port().orElseThrow()) + ")";
            case GRADIENT -> "at.gradient(" + names.weight(buffer.port().orElseThrow()) + ")";
            case VIEW -> view(buffer);
            case PORT ->
                buffer.viewOf().isPresent()
                        ? view(buffer)
                        : names.called() ? arena(buffer, out) : plain(isCache(buffer) ? "cache" : "port", buffer);
            case ARENA -> arena(buffer, out);
        };
        out.add(field + " = " + made);
    }

    private static boolean isCache(Buffer buffer) {
        return buffer.port().filter(p -> p.role() == Port.Role.CACHE).isPresent();
    }

    private String arena(Buffer buffer, Lines out) {
        if (buffer.like().isEmpty()) {
            // Nobody writes what is in no known order: it lends its layout, which an op chooses.
            return plain(buffer.layout() == Buffer.Layout.PROVIDER ? "shape" : "value", buffer);
        }
        int like = buffer.like().get();
        need(like, out);
        return "at.valueLike(\"" + names.label(buffer) + "\", " + names.tensor(like) + ")";
    }

    private String plain(String method, Buffer buffer) {
        String type = RuntimeNames.elementType(buffer.type().dtype());
        return "at." + method + "(\"" + names.label(buffer) + "\", " + type + dims(buffer) + ")";
    }

    private String view(Buffer buffer) {
        return "at.view(\"" + names.label(buffer) + "\", "
                + names.tensor(buffer.viewOf().orElseThrow()) + dims(buffer) + ")";
    }

    private String dims(Buffer buffer) {
        List<String> codes =
                buffer.type().dims().stream().map(names.dims()::code).toList();
        return codes.stream().map(c -> ", " + c).collect(Collectors.joining());
    }

    /** Tells the binding something of buffers, if there are any. */
    private void tensors(String method, List<Integer> buffers, Lines out) {
        List<String> tensors = buffers.stream().map(names::tensor).distinct().toList();
        if (!tensors.isEmpty()) {
            out.add("at." + method + "(" + String.join(", ", tensors) + ")");
        }
    }
}
