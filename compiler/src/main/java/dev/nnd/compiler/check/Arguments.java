package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Brings the arguments of a call to the parameters: in order, by name, or by default. */
final class Arguments {

    /** A parameter as far as matching needs it. */
    record Slot(String name, boolean required) {}

    /** A value and where it was written. */
    record Given(Val value, Span span) {}

    /** What came of matching; {@code ok} is false if something was reported. */
    record Matched(Map<String, Given> values, boolean ok) {

        /** The value given for a parameter, if one was. */
        Optional<Given> get(String name) {
            return Optional.ofNullable(values.get(name));
        }
    }

    private final Checking c;

    Arguments(Checking c) {
        this.c = c;
    }

    static List<Slot> slots(List<Decl.Parameter> parameters) {
        return parameters.stream()
                .map(p -> new Slot(p.name().name(), p.defaultValue().isEmpty()))
                .toList();
    }

    /** Evaluates the arguments, each once, and gives every one to its parameter. */
    Matched match(String what, List<Slot> slots, List<Given> piped, List<Expr.Argument> written, At at) {
        var values = new LinkedHashMap<String, Given>();
        boolean ok = true;
        int next = 0;
        for (Given given : piped) {
            ok &= positional(what, slots, next++, given, values);
        }
        Optional<Span> named = Optional.empty();
        for (Expr.Argument argument : written) {
            var given = new Given(c.expressions().eval(argument.value(), at.env()), argument.span());
            if (argument.name().isPresent()) {
                named = Optional.of(argument.span());
                ok &= byName(what, slots, argument, given, values);
            } else if (named.isPresent()) {
                c.report(Diagnostic.error(
                                "NND0211", argument.span(), "an argument without a name follows one with a name")
                        .label(named.get(), "this one has a name"));
                ok = false;
            } else {
                ok &= positional(what, slots, next++, given, values);
            }
        }
        return new Matched(values, ok && complete(what, slots, values, at));
    }

    /** As {@link #match}, but all values without a name go to the first parameter, as a tuple. */
    Matched gathered(String what, List<Slot> slots, List<Given> piped, List<Expr.Argument> written, At at) {
        List<Expr.Argument> unnamed =
                written.stream().filter(a -> a.name().isEmpty()).toList();
        List<Expr.Argument> named =
                written.stream().filter(a -> a.name().isPresent()).toList();
        List<Given> values = c.calls().inputs(piped, unnamed, at.env());
        Val all = values.stream().anyMatch(v -> v.value() instanceof Val.Poison)
                ? Val.POISON
                : values.size() == 1
                        ? values.getFirst().value()
                        : new Val.Tuple(values.stream().map(Given::value).toList());
        return match(what, slots, List.of(new Given(all, at.span())), named, at);
    }

    private boolean positional(String what, List<Slot> slots, int index, Given given, Map<String, Given> values) {
        if (index < slots.size()) {
            values.put(slots.get(index).name(), given);
            return true;
        }
        c.report(Diagnostic.error("NND0203", given.span(), "too many arguments for " + what)
                .help(signature(what, slots)));
        return false;
    }

    private boolean byName(
            String what, List<Slot> slots, Expr.Argument argument, Given given, Map<String, Given> values) {
        var ident = argument.name().orElseThrow();
        String name = ident.name();
        if (slots.stream().noneMatch(s -> s.name().equals(name))) {
            Diagnostic error = Diagnostic.error("NND0201", ident.span(), what + " has no parameter `" + name + "`");
            c.report(suggest(what, slots, argument, error));
            return false;
        }
        Given before = values.putIfAbsent(name, given);
        if (before != null) {
            c.report(Diagnostic.error("NND0204", argument.span(), "`" + name + "` of " + what + " is given twice")
                    .label(before.span(), "given here first"));
            return false;
        }
        return true;
    }

    private static Diagnostic suggest(String what, List<Slot> slots, Expr.Argument argument, Diagnostic error) {
        String name = argument.name().orElseThrow().name();
        List<String> names = slots.stream().map(Slot::name).toList();
        Optional<String> foreign = ForeignArguments.name(name, names);
        Optional<String> needless = ForeignArguments.needless(name);
        if (foreign.isEmpty() && needless.isPresent()) {
            return error.note(needless.get()).help("leave it out").fix(withComma(argument.span()), "");
        }
        Optional<String> near = foreign.or(() -> Nearest.to(name, names));
        return near.isPresent()
                ? Expressions.suggest(error, argument.name().orElseThrow().span(), near)
                : error.help(signature(what, slots));
    }

    /** An argument with the comma that follows it, or else the one before it. */
    private static Span withComma(Span argument) {
        String text = argument.file().text();
        int end = skip(text, argument.end(), 1);
        if (end < text.length() && text.charAt(end) == ',') {
            return new Span(argument.file(), argument.start(), skip(text, end + 1, 1));
        }
        int before = skip(text, argument.start() - 1, -1);
        return before >= 0 && text.charAt(before) == ',' ? new Span(argument.file(), before, argument.end()) : argument;
    }

    private static int skip(String text, int from, int step) {
        int at = from;
        while (at >= 0 && at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at += step;
        }
        return at;
    }

    private boolean complete(String what, List<Slot> slots, Map<String, Given> values, At at) {
        var missing = new ArrayList<String>();
        for (Slot slot : slots) {
            if (slot.required() && !values.containsKey(slot.name())) {
                missing.add("`" + slot.name() + "`");
            }
        }
        if (missing.isEmpty()) {
            return true;
        }
        c.report(Diagnostic.error("NND0202", at.span(), what + " needs " + String.join(" and ", missing))
                .help(signature(what, slots)));
        return false;
    }

    private static String signature(String what, List<Slot> slots) {
        if (slots.isEmpty()) {
            return what + " has no parameters";
        }
        String needed = listed(slots, true);
        String optional = listed(slots, false);
        return what + " takes " + needed + (needed.isEmpty() || optional.isEmpty() ? "" : ", and can take ") + optional;
    }

    private static String listed(List<Slot> slots, boolean required) {
        return slots.stream()
                .filter(s -> s.required() == required)
                .map(s -> "`" + s.name() + "`")
                .collect(Collectors.joining(", "));
    }
}
