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
    private static final long MOST_FOLDS = 100;

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
            contradictions(split);
            partNames(split, parts);
            long folds = folds(split);
            List<TypedData.Part> shares = split.folds().isEmpty() ? shares(split) : folded(folds, split, parts);
            done.add(new TypedData.Split(
                    source.name(),
                    shares,
                    folds,
                    split.inOrder(),
                    split.stratifiedBy().map(Ident::name),
                    split.groupedBy().map(Ident::name),
                    seed(split),
                    split.span()));
        }
        return done;
    }

    /** As many folds as are said; 0 for a split into shares. */
    private long folds(DataItem.Split split) {
        Optional<Long> folds = split.folds().flatMap(f -> c.expressions().constant(f, env, "a number of folds"));
        if (folds.isPresent() && (folds.get() < 2 || folds.get() > MOST_FOLDS)) {
            c.report(Diagnostic.error(
                            "NND0404",
                            split.folds().orElseThrow().span(),
                            "there are 2 to " + MOST_FOLDS + " folds, got " + folds.get())
                    .candidate("write `5`", split.folds().orElseThrow().span(), "5"));
            return 2;
        }
        return folds.orElse(0L);
    }

    /** What one fold is for: trained on are the others. */
    private List<TypedData.Part> folded(long folds, DataItem.Split split, Map<String, Span> parts) {
        for (String name : List.of("train", "validation")) {
            Span part = parts.putIfAbsent(name, split.span());
            Span source = name.equals(split.source().name()) ? null : names.get(name);
            Span besides = part != null ? part : source;
            if (besides != null) {
                c.report(Diagnostic.error(
                                "NND0402",
                                split.folds().orElseThrow().span(),
                                "folds are `train` and `validation`, and there is a `" + name + "` besides")
                        .label(besides, "this"));
            }
        }
        return List.of(
                new TypedData.Part("train", 100.0 * (folds - 1) / folds),
                new TypedData.Part("validation", 100.0 / folds));
    }

    /** What is in order is not shuffled, so nothing else can choose its rows. */
    private void contradictions(DataItem.Split split) {
        Optional<Span> other = split.stratifiedBy()
                .or(split::groupedBy)
                .map(Ident::span)
                .or(() -> split.seed().map(Expr::span));
        if (split.inOrder() && other.isPresent()) {
            String word = split.stratifiedBy().isPresent()
                    ? "stratified"
                    : split.groupedBy().isPresent() ? "grouped" : "shuffled by a seed";
            c.report(Diagnostic.error(
                            "NND0428", other.get(), "a split in order takes the rows as they are, so it is not " + word)
                    .label(inOrder(split.span()), "it is in order here")
                    .candidate("leave `in order` out", inOrder(split.span()), "")
                    .help("leave `in order` out, or the other"));
        } else if (split.stratifiedBy().isPresent() && split.groupedBy().isPresent()) {
            c.report(Diagnostic.error(
                            "NND0428",
                            split.groupedBy().get().span(),
                            "a split is stratified or grouped: a group cannot be divided to keep shares equal")
                    .label(split.stratifiedBy().get().span(), "stratified here"));
        }
    }

    /** The words {@code in order} with what is between them and the option after. */
    private static Span inOrder(Span split) {
        var words = java.util.regex.Pattern.compile("in\\s+order\\s*,?\\s*").matcher(split.text());
        return words.find()
                ? new Span(split.file(), split.start() + words.start(), split.start() + words.end())
                : split;
    }

    /** {@code 0.9} or {@code 90} for {@code 90%}. */
    private static Diagnostic notPercent(Expr share) {
        Diagnostic error =
                Diagnostic.error("NND0404", share.span(), "a share of a split is a percentage, such as `20%`");
        String text = share.span().text().replace("_", "");
        var value = new java.math.BigDecimal(text);
        boolean fraction = value.signum() > 0 && value.compareTo(java.math.BigDecimal.ONE) <= 0;
        boolean percent = value.compareTo(java.math.BigDecimal.valueOf(100)) <= 0 && value.signum() > 0;
        String meant = (fraction ? value.movePointRight(2) : value)
                        .stripTrailingZeros()
                        .toPlainString() + "%";
        return percent ? error.help("write `" + meant + "`").fix(share.span(), meant) : error;
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
                c.report(notPercent(part.share()));
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
            c.report(sumFixed(
                    split,
                    sum,
                    Diagnostic.error(
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
                                    + " = " + plain(sum) + "%")));
        }
        return shares;
    }

    /** The last part takes what the others leave, if they leave something. */
    private static Diagnostic sumFixed(DataItem.Split split, double sum, Diagnostic error) {
        DataItem.Part last = split.parts().getLast();
        double rest = last.share() instanceof Expr.PercentLiteral p ? 100 - (sum - p.percent()) : 0;
        String meant = plain(rest) + "%";
        return !(rest > 0)
                ? error
                : error.help("`" + last.name().name() + " " + meant + "` makes 100%")
                        .fix(last.share().span(), meant);
    }

    private static String plain(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
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
        return parts(data.sources(), data.splits());
    }

    static List<String> parts(List<TypedData.Source> sources, List<TypedData.Split> splits) {
        var names = new ArrayList<String>();
        var divided = new HashSet<String>();
        for (TypedData.Split split : splits) {
            divided.add(split.source());
            split.parts().forEach(p -> names.add(p.name()));
        }
        sources.stream()
                .map(TypedData.Source::name)
                .filter(n -> !divided.contains(n) && !names.contains(n))
                .forEach(names::add);
        return names;
    }
}
