package dev.nnd.compiler.repair;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code x.view(N, 4)}, {@code x.relu()}, {@code x.shape[0]}: methods and attributes of tensors, written as functions. */
final class MethodRepairs {

    private static final Map<String, String> CASTS = Map.of(
            "float",
            "f32",
            "double",
            "f64",
            "half",
            "f16",
            "bfloat16",
            "bf16",
            "long",
            "i64",
            "int",
            "i32",
            "bool",
            "bool");

    /** Those that change nothing here. */
    private static final List<String> NOTHING =
            List.of("contiguous", "cpu", "cuda", "clone", "to", "numpy", "item", "copy");

    private static final Map<String, String> NAMES =
            Map.of("view", "reshape", "expand", "broadcast_to", "transpose", "swap_axes", "detach", "stop_gradient");

    private final Proposals proposals;
    private final Syntax.Place place;
    private final Expr.Member member;

    private MethodRepairs(Proposals proposals, Syntax.Place place, Expr.Member member) {
        this.proposals = proposals;
        this.place = place;
        this.member = member;
    }

    static void propose(Focus focus, Proposals proposals) {
        if (!focus.found().code().equals("NND0262")) {
            return;
        }
        for (Syntax.Place place : focus.places()) {
            if (place.expr() instanceof Expr.Member m
                    && m.member().span().equals(focus.found().span())) {
                new MethodRepairs(proposals, place, m).all();
            }
        }
    }

    private void all() {
        Expr around = place.above().isEmpty() ? member : place.above().getFirst();
        if (around instanceof Expr.Call call && call.callee().equals(member)) {
            call(call);
        } else if (around instanceof Expr.Index index && index.target().equals(member)) {
            indexed(index);
        } else {
            attribute();
        }
    }

    private String name() {
        return member.member().name();
    }

    private String target() {
        return member.target().span().text();
    }

    private void indexed(Expr.Index index) {
        if (name().equals("shape") && index.items().size() == 1) {
            String axis = index.items().getFirst().span().text();
            write(index.span(), "dim(" + target() + ", " + axis + ")");
        }
    }

    private void attribute() {
        switch (name()) {
            case "T", "mT" -> write(member.span(), "transpose(" + target() + ")");
            case "ndim" -> write(member.span(), "rank(" + target() + ")");
            default -> write(member.span(), name() + "(" + target() + ")");
        }
    }

    private void call(Expr.Call call) {
        String name = name();
        String given = call.arguments().stream().map(a -> a.span().text()).collect(Collectors.joining(", "));
        if (NOTHING.contains(name)) {
            boolean apart =
                    member.target() instanceof Expr.Pipe && place.above().size() > 1;
            write(call.span(), apart ? "(" + target() + ")" : target());
        }
        if (CASTS.containsKey(name)) {
            stage(call, "cast[" + CASTS.get(name) + "]");
        }
        if (name.equals("size")) {
            write(call.span(), "dim(" + target() + ", " + given + ")");
        }
        if (call.arguments().size() == 2 && given.endsWith("-1") && (name.equals("view") || name.equals("reshape"))) {
            stage(call, "flatten");
        }
        if (name.equals("flatten") && given.matches("(start_dim: )?1")) {
            stage(call, "flatten");
        }
        if (name.equals("t")) {
            write(call.span(), "transpose(" + target() + ")");
        }
        String function = NAMES.getOrDefault(name, name);
        stage(call, given.isEmpty() ? function : function + "[" + given + "]");
        String rest = given.isEmpty() ? "" : ", " + given;
        write(call.span(), function + "(" + target() + rest + ")");
        String axis = given.replaceAll("\\b(dim|keepdims?)\\b", "axis");
        if (!given.isEmpty()) {
            write(call.span(), function + "(" + target() + ", " + (axis.contains(":") ? axis : "axis: " + axis) + ")");
        }
    }

    /** A stage; in parentheses if something is around it. */
    private void stage(Expr.Call call, String stage) {
        String pipe = target() + " -> " + stage;
        boolean inside = place.above().size() > 1;
        write(call.span(), inside ? "(" + pipe + ")" : pipe);
    }

    private void write(Span at, String text) {
        proposals.replace(2, at, at, text);
    }
}
