package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.TrainItem;
import dev.nnd.compiler.typed.Duration;
import dev.nnd.compiler.typed.OptimizerSpec.ScalarExpr;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedTrain;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/** How long a run is and what happens on the way: {@code epochs}, {@code batch}, {@code checkpoint}, {@code keep}. */
final class RunRules {

    private static final Set<String> WHOLE = Set.of("epochs", "steps", "batch", "seed", "accumulate");

    private final Checking c;
    private final Env env;
    private final Decl.Train declaration;
    private final Map<String, Span> spans = new LinkedHashMap<>();
    private final Map<String, Long> whole = new LinkedHashMap<>();
    private final Map<String, Double> numbers = new LinkedHashMap<>();
    private TypedTrain.Precision precision = TypedTrain.Precision.F32;
    private boolean ok = true;

    RunRules(Checking c, Env env, Decl.Train declaration) {
        this.c = c;
        this.env = env;
        this.declaration = declaration;
    }

    /** Reads the settings, before what is checked against the length of the run. */
    Length settings() {
        int before = c.problems().errors();
        for (TrainItem item : declaration.items()) {
            if (item instanceof TrainItem.Setting s) {
                String name = s.name().name();
                Span first = spans.putIfAbsent(name, s.span());
                if (first != null) {
                    c.report(Diagnostic.error("NND0517", s.span(), "`" + name + "` is given twice")
                            .label(first, "the first is here"));
                } else {
                    setting(s);
                }
            }
        }
        if (spans.containsKey("epochs") && spans.containsKey("steps")) {
            c.report(Diagnostic.error(
                            "NND0506", spans.get("steps"), "a run is given in `epochs` or in `steps`, not in both")
                    .label(spans.get("epochs"), "the epochs are here"));
        }
        missing();
        ok = c.problems().errors() == before;
        return length();
    }

    private Length length() {
        Optional<Span> span =
                Optional.ofNullable(spans.get("epochs")).or(() -> Optional.ofNullable(spans.get("steps")));
        return new Length(whole("epochs"), whole("steps"), span);
    }

    /** Where {@code clip_norm} is set for the whole section. */
    Optional<Span> clipNorm() {
        return Optional.ofNullable(spans.get("clip_norm"));
    }

    private OptionalLong whole(String name) {
        Long value = whole.get(name);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private OptionalDouble number(String name) {
        Double value = numbers.get(name);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** The run; {@code data} is absent if it has errors. */
    Optional<TypedTrain.Run> run(Optional<TypedData> data) {
        int before = c.problems().errors();
        var best = new BestRules(c, env, declaration, data, length());
        Optional<TypedTrain.Keep> keep = only(TrainItem.Keep.class, "keep").flatMap(best::keep);
        Optional<TypedTrain.StopEarly> stop =
                only(TrainItem.StopEarly.class, "stop early").flatMap(best::stop);
        Optional<TypedTrain.Checkpoint> checkpoint =
                only(TrainItem.Checkpoint.class, "checkpoint").flatMap(this::checkpoint);
        Optional<Duration> validate = only(TrainItem.Validate.class, "validate")
                .flatMap(v -> every(v.every(), "`validate every`", "validation"));
        if (!ok || c.problems().errors() > before || !whole.containsKey("batch")) {
            return Optional.empty();
        }
        return Optional.of(new TypedTrain.Run(
                whole("epochs"),
                whole("steps"),
                whole.getOrDefault("batch", 1L).intValue(),
                whole.getOrDefault("seed", 0L),
                precision,
                whole.getOrDefault("accumulate", 1L).intValue(),
                number("clip_norm"),
                number("ema"),
                validate,
                checkpoint,
                keep,
                stop));
    }

    private <T extends TrainItem> Optional<T> only(Class<T> type, String word) {
        List<T> all = declaration.items().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
        for (T more : all.subList(Math.min(1, all.size()), all.size())) {
            c.report(Diagnostic.error("NND0517", more.span(), "a train section has one `" + word + "`")
                    .label(all.getFirst().span(), "the first is here"));
        }
        return all.stream().findFirst();
    }

    private Optional<TypedTrain.Checkpoint> checkpoint(TrainItem.Checkpoint item) {
        Optional<Duration> every = every(item.every(), "`checkpoint every`", "checkpoint");
        Optional<Long> kept = item.keep().flatMap(k -> c.expressions().constant(k, env, "the number to keep"));
        if (kept.isPresent() && kept.get() < 1) {
            c.report(Diagnostic.error(
                    "NND0508", item.keep().orElseThrow().span(), "at least 1 checkpoint is kept, got " + kept.get()));
            return Optional.empty();
        }
        return every.map(e ->
                new TypedTrain.Checkpoint(e, kept.map(OptionalLong::of).orElse(OptionalLong.empty()), item.span()));
    }

    private Optional<Duration> every(Expr written, String what, String thing) {
        Length run = length();
        String unit = run.steps().isPresent() ? "steps" : "epochs";
        Optional<Duration> every = new DurationRules(c, env).duration(written, what, false, unit);
        if (every.isPresent() && every.get().amount() <= 0) {
            c.report(Diagnostic.error(
                    "NND0508",
                    written.span(),
                    what + " is more than 0, got " + every.get().text()));
            return Optional.empty();
        }
        if (every.isPresent() && run.isShorterThan(every.get(), false)) {
            c.report(run.mark(Diagnostic.error(
                    "NND0532",
                    written.span(),
                    "the first " + thing + " would be after " + every.get().text() + ", and the run is " + run.text()
                            + " long")));
            return Optional.empty();
        }
        return every;
    }

    private void missing() {
        String name = "`" + declaration.name().name() + "`";
        if (!spans.containsKey("epochs") && !spans.containsKey("steps")) {
            c.report(insert(
                    Diagnostic.error("NND0505", declaration.name().span(), name + " does not say how long to train")
                            .help("add `epochs 10`, or `steps 5000`"),
                    "epochs 10"));
        }
        if (!spans.containsKey("batch")) {
            c.report(insert(
                    Diagnostic.error("NND0504", declaration.name().span(), name + " has no batch size")
                            .help("add `batch 64`"),
                    "batch 64"));
        }
    }

    /** With a fix that writes a statement after the last one. */
    private Diagnostic insert(Diagnostic error, String statement) {
        if (declaration.items().isEmpty()) {
            return error;
        }
        Span last = declaration.items().getLast().span();
        return error.fix(last, last.text() + "\n  " + statement);
    }

    private void setting(TrainItem.Setting setting) {
        String name = setting.name().name();
        if (setting.value() instanceof Expr.DurationLiteral || setting.value() instanceof Expr.PercentLiteral) {
            withUnit(setting);
        } else if (WHOLE.contains(name)) {
            integer(setting).ifPresent(v -> whole.put(name, v));
        } else if (name.equals("precision")) {
            PrecisionRule.read(c, setting).ifPresent(known -> precision = known);
        } else {
            fraction(setting).ifPresent(v -> numbers.put(name, v));
        }
    }

    private void withUnit(TrainItem.Setting setting) {
        Span span = setting.value().span();
        String name = setting.name().name();
        Diagnostic error = Diagnostic.error("NND0531", span, "`" + name + "` is a number, got " + span.text());
        if (!(setting.value() instanceof Expr.DurationLiteral d)) {
            c.report(error);
            return;
        }
        String count = d.count().span().text();
        boolean length = name.equals("epochs") || name.equals("steps");
        String meant = (length ? (d.epochs() ? "epochs" : "steps") : name) + " " + count;
        c.report(error.help("write `" + meant + "`").fix(setting.span(), meant));
    }

    private Optional<Long> integer(TrainItem.Setting setting) {
        String name = setting.name().name();
        Expr written = setting.value();
        if (written instanceof Expr.StringLiteral s && s.value().strip().matches("\\d{1,18}")) {
            c.report(Diagnostic.error("NND0205", written.span(), "`" + name + "` is an int, got a string")
                    .help("write `" + s.value().strip() + "`, without quotes")
                    .fix(written.span(), s.value().strip()));
            return Optional.empty();
        }
        Optional<Long> value = c.expressions().constant(written, env, "`" + name + "`");
        long least = name.equals("seed") ? Long.MIN_VALUE : 1;
        long most = name.equals("batch") || name.equals("accumulate") ? Integer.MAX_VALUE : Long.MAX_VALUE;
        if (value.isPresent() && (value.get() < least || value.get() > most)) {
            c.report(Diagnostic.error(
                    "NND0508",
                    written.span(),
                    "`" + name + "` is at least 1" + (most < Long.MAX_VALUE ? " and at most " + most : "") + ", got "
                            + value.get()));
            return Optional.empty();
        }
        return value;
    }

    private Optional<Double> fraction(TrainItem.Setting setting) {
        String name = setting.name().name();
        Val value = c.settings().fix(c.expressions().eval(setting.value(), env));
        Optional<ScalarExpr> scalar = new ScalarRules(c, env).number(value, setting.value(), "`" + name + "`");
        if (scalar.isEmpty()) {
            return Optional.empty();
        }
        double number = c.settings().standard(scalar.get());
        boolean ema = name.equals("ema");
        if (number <= 0 || (ema && number >= 1) || Double.isNaN(number)) {
            String range = ema ? "above 0 and below 1" : "more than 0";
            c.report(Diagnostic.error(
                    "NND0508",
                    setting.value().span(),
                    "`" + name + "` is " + range + ", got " + TrainingRequirements.plain(number)));
            return Optional.empty();
        }
        return Optional.of(number);
    }
}
