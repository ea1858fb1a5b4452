package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.grammar.Diagnostic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * {@code freeze net.embed, net.layer[0:6], "net.**.bias"}: paths of instances and weights, which begin with the model's
 * name in the section.
 */
final class FreezeRules {

    private static final long MOST = 1_000;

    private final Checking c;
    private final Env env;
    private final Map<String, List<String>> weights;

    /** Rules over the weight names of each model. */
    FreezeRules(Checking c, Env env, Map<String, List<String>> weights) {
        this.c = c;
        this.env = env;
        this.weights = weights;
    }

    /** The frozen weights of each model that has some. */
    Map<String, Set<String>> frozen(List<TrainItem.Freeze> items) {
        var frozen = new LinkedHashMap<String, Set<String>>();
        for (TrainItem.Freeze item : items) {
            for (Expr path : item.paths()) {
                for (String name : path(path)) {
                    int dot = name.indexOf('.');
                    String model = dot < 0 ? name : name.substring(0, dot);
                    frozen.computeIfAbsent(model, m -> new LinkedHashSet<>())
                            .add(dot < 0 ? "" : name.substring(dot + 1));
                }
            }
        }
        return frozen;
    }

    /** The weights that a path stands for, each with its model; none if the path is wrong, which is reported. */
    List<String> path(Expr written) {
        Optional<List<String>> patterns =
                written instanceof Expr.StringLiteral s ? Optional.of(List.of(s.value())) : patterns(written);
        if (patterns.isEmpty()) {
            c.report(Diagnostic.error(
                            "NND0536", written.span(), "`" + written.span().text() + "` is no path of weights")
                    .help("a path is such as `net.embed`, `net.layer[0:6]` or `\"net.**.bias\"`"));
            return List.of();
        }
        var found = new ArrayList<String>();
        for (String pattern : patterns.get()) {
            found.addAll(matching(pattern));
        }
        if (found.isEmpty()) {
            unknown(written, patterns.get().getFirst());
        }
        return found;
    }

    private List<String> matching(String text) {
        var pattern = new NamePattern(text);
        Predicate<String> covers =
                pattern.isLiteral() ? n -> n.equals(text) || n.startsWith(text + ".") : pattern::covers;
        var found = new ArrayList<String>();
        weights.forEach((model, names) -> {
            if (text.startsWith(model + ".") || text.equals(model) || text.startsWith("*")) {
                names.stream().map(n -> model + "." + n).filter(covers).forEach(found::add);
            }
        });
        return found;
    }

    private void unknown(Expr written, String text) {
        String model = text.contains(".") ? text.substring(0, text.indexOf('.')) : text;
        boolean declared = env.scope()
                .find(model)
                .filter(e -> e.kind() == Scope.Kind.MODEL)
                .isPresent();
        if (declared && !weights.containsKey(model)) {
            return;
        }
        var known = new ArrayList<String>();
        weights.forEach((name, all) -> WeightNames.paths(all).forEach(p -> known.add(name + "." + p)));
        Optional<String> inside = weights.keySet().stream()
                .map(m -> m + "." + text)
                .filter(known::contains)
                .findFirst();
        String what = new NamePattern(text).isLiteral()
                ? "there are no weights `" + text + "` here"
                : "no weight matches `" + text + "`";
        Diagnostic error = Diagnostic.error("NND0536", written.span(), what);
        Optional<String> near = inside.or(() -> Nearest.to(text, known));
        boolean quoted = written instanceof Expr.StringLiteral;
        c.report(Expressions.suggest(error, written.span(), near.map(n -> quoted ? '"' + n + '"' : expression(n))));
    }

    /** {@code net.layer.3.query} as {@code net.layer[3].query}. */
    private static String expression(String name) {
        return name.replaceAll("\\.(\\d+)", "[$1]");
    }

    private Optional<List<String>> patterns(Expr written) {
        return switch (written) {
            case Expr.Name n -> Optional.of(List.of(n.name()));
            case Expr.Member m ->
                patterns(m.target())
                        .map(all -> all.stream()
                                .map(p -> p + "." + m.member().name())
                                .toList());
            case Expr.Index i
            when i.items().size() == 1 -> {
                Optional<List<String>> turns = turns(i.items().getFirst());
                Optional<List<String>> before = patterns(i.target());
                yield turns.isEmpty() || before.isEmpty()
                        ? Optional.empty()
                        : Optional.of(before.get().stream()
                                .flatMap(p -> turns.get().stream().map(t -> p + "." + t))
                                .toList());
            }
            case Expr other -> Optional.empty();
        };
    }

    private Optional<List<String>> turns(Expr.IndexItem item) {
        return switch (item) {
            case Expr.IndexItem.At a -> number(a.value()).map(n -> List.of(n.toString()));
            case Expr.IndexItem.Slice s -> {
                if (s.from().isEmpty() && s.to().isEmpty()) {
                    yield Optional.of(List.of("*"));
                }
                Optional<Long> from =
                        s.from().isEmpty() ? Optional.of(0L) : number(s.from().get());
                Optional<Long> to = s.to().flatMap(this::number);
                boolean good = from.isPresent()
                        && to.isPresent()
                        && to.get() - from.get() <= MOST
                        && s.step().isEmpty();
                yield good ? Optional.of(between(from.get(), to.get())) : Optional.empty();
            }
        };
    }

    private static List<String> between(long from, long to) {
        var turns = new ArrayList<String>();
        for (long i = from; i < to; i++) {
            turns.add(Long.toString(i));
        }
        return turns;
    }

    private Optional<Long> number(Expr written) {
        return c.expressions().constant(written, env, "an index").filter(n -> n >= 0);
    }
}
