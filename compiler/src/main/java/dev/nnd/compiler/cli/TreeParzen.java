package dev.nnd.compiler.cli;

import dev.nnd.compiler.typed.TypedTune;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Proposes values where good trials are frequent and others rare (Bergstra et al. 2011), as Optuna's sampler does with its defaults: trials are
 * parted into the best tenth, at most 25, and the rest; of each parameter, 24 values are drawn from the density of the best, and that is
 * taken where it exceeds the density of the rest most. The first trials are random. A proposal follows from the seed, its number and
 * the trials that it knows.
 */
final class TreeParzen {

    private static final int CANDIDATES = 24;
    private static final int MOST_BEST = 25;
    private static final int PART = 10;

    private final List<TypedTune.Search> search;
    private final boolean maximize;
    private final long seed;
    private final long startup;

    TreeParzen(TypedTune tune, long startup) {
        this(tune.search(), tune.objective().maximize(), tune.seed(), startup);
    }

    TreeParzen(List<TypedTune.Search> search, boolean maximize, long seed, long startup) {
        this.search = search;
        this.maximize = maximize;
        this.seed = seed;
        this.startup = startup;
    }

    /** The values of a trial, where these are over. */
    Map<String, String> propose(int number, List<TrialRunner.Result> over) {
        var random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + number);
        Map<String, String> values = new LinkedHashMap<>();
        if (over.size() < startup) {
            search.forEach(s -> values.put(s.parameter(), TrialPlan.drawn(s.space(), random)));
            return values;
        }
        var ranked = over.stream().sorted(TrialSchedule.order(maximize)).toList();
        int best = Math.min(Math.ceilDiv(over.size(), PART), MOST_BEST);
        var byNumber =
                Comparator.comparingInt((TrialRunner.Result r) -> r.trial().number());
        var good = ranked.subList(0, best).stream().sorted(byNumber).toList();
        var rest = ranked.subList(best, ranked.size()).stream().sorted(byNumber).toList();
        for (var one : search) {
            values.put(one.parameter(), proposed(one, good, rest, random));
        }
        return values;
    }

    private static String proposed(
            TypedTune.Search search,
            List<TrialRunner.Result> good,
            List<TrialRunner.Result> rest,
            SplittableRandom random) {
        return switch (search.space()) {
            case TypedTune.Space.Choice choice -> {
                List<String> names = TrialPlan.values(choice);
                var best = shares(names, good, search.parameter());
                var others = shares(names, rest, search.parameter());
                int taken = IntStream.generate(() -> ParzenWindow.index(best, random.nextDouble()))
                        .limit(CANDIDATES)
                        .boxed()
                        .max(Comparator.comparingDouble(i -> best[i] / others[i]))
                        .orElseThrow();
                yield names.get(taken);
            }
            case TypedTune.Space.Ints ints -> {
                double top = ints.low() + (double) ((ints.high() - ints.low()) / ints.step()) * ints.step();
                yield Long.toString(Math.round(most(
                        new ParzenWindow(ints.low(), top, ints.step(), numbers(good, search.parameter(), false)),
                        new ParzenWindow(ints.low(), top, ints.step(), numbers(rest, search.parameter(), false)),
                        random)));
            }
            case TypedTune.Space.Floats floats -> {
                double low = floats.log() ? Math.log(floats.low()) : floats.low();
                double high = floats.log() ? Math.log(floats.high()) : floats.high();
                double x = most(
                        new ParzenWindow(low, high, 0, numbers(good, search.parameter(), floats.log())),
                        new ParzenWindow(low, high, 0, numbers(rest, search.parameter(), floats.log())),
                        random);
                yield TrialPlan.written(floats, floats.log() ? Math.exp(x) : x);
            }
        };
    }

    /** Of values drawn from one density the one that it prefers most to another. */
    private static double most(ParzenWindow good, ParzenWindow rest, SplittableRandom random) {
        double taken = good.draw(random);
        double highest = Math.log(good.at(taken)) - Math.log(rest.at(taken));
        for (int i = 1; i < CANDIDATES; i++) {
            double x = good.draw(random);
            double ratio = Math.log(good.at(x)) - Math.log(rest.at(x));
            if (ratio > highest) {
                highest = ratio;
                taken = x;
            }
        }
        return taken;
    }

    private static List<Double> numbers(List<TrialRunner.Result> trials, String parameter, boolean log) {
        return trials.stream()
                .map(t -> Double.valueOf(t.trial().values().getOrDefault(parameter, "0")))
                .map(v -> log ? Math.log(v) : v)
                .toList();
    }

    /** The probability of each of a list's values: that of a mixture of what was tried, each with a little of all. */
    static double[] shares(List<String> names, List<TrialRunner.Result> trials, String parameter) {
        int n = trials.size();
        double[] weights = ParzenWindow.weights(n);
        var shares = new double[names.size()];
        double prior = 1.0 / (n + 1);
        for (int i = 0; i <= n; i++) {
            int tried =
                    i == n ? -1 : names.indexOf(trials.get(i).trial().values().getOrDefault(parameter, ""));
            double sum = names.size() * prior + (tried < 0 ? 0 : 1);
            for (int k = 0; k < shares.length; k++) {
                shares[k] += weights[i] * (prior + (k == tried ? 1 : 0)) / sum;
            }
        }
        return shares;
    }
}
