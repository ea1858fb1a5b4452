package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.DataItem;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How sources are divided: {@code split all into train 80%, test 20%}. */
final class SplitChecker {

    private static final double ROUNDING = 1e-9;

    private final Checking c;
    private final Env env;
    private final List<TypedData.Source> sources;
    private final Map<String, Span> names;

    SplitChecker(Checking c, Env env, List<TypedData.Source> sources, Map<String, Span> names) {
        this.c = c;
        this.env = env;
        this.sources = sources;
        this.names = names;
    }

    List<TypedData.Split> check(List<DataItem.Split> splits) {
        var divided = new HashMap<String, Span>();
        var parts = new HashMap<String, Span>();
        var done = new ArrayList<TypedData.Split>();
        for (DataItem.Split split : splits) {
            Ident source = split.source();
            if (!names.containsKey(source.name())) {
                Diagnostic error =
                        Diagnostic.error("NND0403", source.span(), "there is no source `" + source.name() + "`");
                Optional<String> near = Nearest.to(source.name(), names.keySet());
                c.report(
                        near.isPresent() || names.isEmpty()
                                ? Expressions.suggest(error, source.span(), near)
                                : error.help("the sources are " + String.join(", ", names.keySet())));
            }
            Span before = divided.putIfAbsent(source.name(), source.span());
            if (before != null) {
                c.report(Diagnostic.error("NND0413", source.span(), "`" + source.name() + "` is split twice")
                        .label(before, "the first split is here"));
            }
            split.groupedBy().ifPresent(g -> c.unsupported("a split grouped by a field", g.span()));
            partNames(split, parts);
            List<TypedData.Part> shares = shares(split);
            done.add(new TypedData.Split(
                    source.name(),
                    shares,
                    split.inOrder(),
                    split.stratifiedBy().map(Ident::name),
                    seed(split),
                    split.span()));
        }
        return done;
    }

    private void partNames(DataItem.Split split, Map<String, Span> parts) {
        for (DataItem.Part part : split.parts()) {
            String name = part.name().name();
            Span first = parts.putIfAbsent(name, part.name().span());
            boolean otherSource = !name.equals(split.source().name())
                    && sources.stream().anyMatch(s -> s.name().equals(name));
            if (first != null) {
                DataChecker.twice(c, part.name(), first);
            } else if (otherSource && names.containsKey(name)) {
                DataChecker.twice(c, part.name(), names.get(name));
            }
        }
    }

    private List<TypedData.Part> shares(DataItem.Split split) {
        var shares = new ArrayList<TypedData.Part>();
        double sum = 0;
        for (DataItem.Part part : split.parts()) {
            if (!(part.share() instanceof Expr.PercentLiteral p)) {
                c.report(Diagnostic.error(
                        "NND0404", part.share().span(), "a share of a split is a percentage, such as `20%`"));
                return List.of();
            }
            if (p.percent() <= 0) {
                c.report(Diagnostic.error("NND0404", p.span(), "a share of a split is more than 0%"));
                return List.of();
            }
            shares.add(new TypedData.Part(part.name().name(), p.percent()));
            sum += p.percent();
        }
        if (Math.abs(sum - 100) > ROUNDING) {
            c.report(Diagnostic.error(
                            "NND0404",
                            split.parts()
                                    .getFirst()
                                    .span()
                                    .to(split.parts().getLast().span()),
                            "the shares of a split add up to " + plain(sum) + "%, not 100%")
                    .note(String.join(
                                    " + ",
                                    split.parts().stream()
                                            .map(p -> p.share().span().text())
                                            .toList())
                            + " = " + plain(sum) + "%"));
        }
        return shares;
    }

    private static String plain(double value) {
        return java.math.BigDecimal.valueOf(value)
                .setScale(6, java.math.RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    private long seed(DataItem.Split split) {
        return split.seed()
                .flatMap(s -> c.expressions().constant(s, env, "a seed"))
                .orElse(0L);
    }

    /** The names under which rows are evaluated: the parts of splits, and the sources that are not split. */
    static List<String> parts(TypedData data) {
        var names = new ArrayList<String>();
        var divided = new HashSet<String>();
        for (TypedData.Split split : data.splits()) {
            divided.add(split.source());
            split.parts().forEach(p -> names.add(p.name()));
        }
        data.sources().stream()
                .map(TypedData.Source::name)
                .filter(n -> !divided.contains(n) && !names.contains(n))
                .forEach(names::add);
        return names;
    }
}
