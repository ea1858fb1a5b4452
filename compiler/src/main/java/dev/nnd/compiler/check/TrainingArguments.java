package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Brings the arguments of an optimizer or a schedule, as written, to the parameters of its declaration. */
final class TrainingArguments {

    private final Checking c;
    private final Decl.Function function;
    private final String what;
    private final Map<String, Expr.Argument> given = new LinkedHashMap<>();
    private boolean ok = true;

    private TrainingArguments(Checking c, Decl.Function function) {
        this.c = c;
        this.function = function;
        this.what = "`" + function.name().name() + "`";
    }

    /** The arguments by parameter; empty if something was reported. */
    static Optional<Map<String, Expr.Argument>> match(Checking c, Decl.Function function, Expr.Call call) {
        var arguments = new TrainingArguments(c, function);
        arguments.all(call);
        arguments.complete(call);
        return arguments.ok ? Optional.of(arguments.given) : Optional.empty();
    }

    private List<String> names() {
        return function.parameters().stream().map(p -> p.name().name()).toList();
    }

    private void all(Expr.Call call) {
        int next = 0;
        Optional<Span> named = Optional.empty();
        for (Expr.Argument argument : call.arguments()) {
            if (argument.name().isPresent()) {
                named = Optional.of(argument.span());
                byName(argument, argument.name().get());
            } else if (named.isPresent()) {
                fail(Diagnostic.error("NND0211", argument.span(), "an argument without a name follows one with a name")
                        .label(named.get(), "this one has a name"));
            } else {
                positional(argument, next++);
            }
        }
    }

    private void positional(Expr.Argument argument, int index) {
        boolean weights = argument.value() instanceof Expr.Call call
                && call.callee() instanceof Expr.Member m
                && m.member().name().contains("param");
        if (weights) {
            fail(
                    Diagnostic.error("NND0203", argument.span(), "an optimizer is not given weights")
                            .note(
                                    "`minimize LOSS using ...` changes every model that is not frozen, `over NAME` only that one"));
        } else if (index >= Math.min(names().size(), 2)) {
            fail(Diagnostic.error("NND0203", argument.span(), "too many arguments without a name for " + what)
                    .help(signature()));
        } else {
            put(names().get(index), argument);
        }
    }

    private void byName(Expr.Argument argument, Ident name) {
        if (names().contains(name.name())) {
            put(name.name(), argument);
            return;
        }
        Diagnostic error = Diagnostic.error("NND0201", name.span(), what + " has no parameter `" + name.name() + "`");
        Optional<ForeignTraining.Rewrite> foreign = ForeignTraining.argument(argument, name.name(), names());
        if (foreign.isPresent()) {
            String text = foreign.get().text();
            fail(error.help(foreign.get().help()).fix(argument.span(), text));
            return;
        }
        Optional<String> near = Nearest.to(name.name(), names());
        fail(near.isPresent() ? Expressions.suggest(error, name.span(), near) : error.help(signature()));
    }

    private void put(String name, Expr.Argument argument) {
        Expr.Argument before = given.putIfAbsent(name, argument);
        if (before != null) {
            fail(Diagnostic.error("NND0204", argument.span(), "`" + name + "` of " + what + " is given twice")
                    .label(before.span(), "given here first"));
        }
    }

    private void complete(Expr.Call call) {
        List<Decl.Parameter> missing = function.parameters().stream()
                .filter(p -> p.defaultValue().isEmpty()
                        && !given.containsKey(p.name().name()))
                .toList();
        if (missing.isEmpty() || !ok) {
            return;
        }
        String text = missing.stream().map(p -> "`" + p.name().name() + "`").collect(Collectors.joining(" and "));
        Diagnostic error = Diagnostic.error("NND0202", call.span(), what + " needs " + text)
                .help(signature());
        Optional<String> example = ForeignTraining.example(function.name().name(), missing);
        if (example.isPresent()) {
            String rest = call.arguments().stream().map(a -> a.span().text()).collect(Collectors.joining(", "));
            String all = rest.isEmpty()
                    ? example.get()
                    : function.name().name().equals("exponential")
                                    || !given.isEmpty()
                                            && call.arguments()
                                                    .getFirst()
                                                    .name()
                                                    .isEmpty()
                            ? rest + ", " + example.get()
                            : example.get() + ", " + rest;
            error = error.fix(call.span(), call.callee().span().text() + "(" + all + ")");
        }
        fail(error);
    }

    private String signature() {
        String needed = listed(true);
        String optional = listed(false);
        return what + " takes " + needed + (needed.isEmpty() || optional.isEmpty() ? "" : ", and can take ") + optional;
    }

    private String listed(boolean required) {
        return function.parameters().stream()
                .filter(p -> p.defaultValue().isEmpty() == required)
                .map(p -> "`" + p.name().name() + "`")
                .collect(Collectors.joining(", "));
    }

    private void fail(Diagnostic error) {
        ok = false;
        c.report(error);
    }
}
