package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Stmt;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether more or less of a metric is better. */
final class MetricDirection {

    private static final Set<String> HIGHER = Set.of(
            "acc",
            "accuracy",
            "auc",
            "auroc",
            "bleu",
            "correlation",
            "f1",
            "fbeta",
            "hits",
            "iou",
            "kappa",
            "map",
            "matthews",
            "mcc",
            "mrr",
            "ndcg",
            "precision",
            "psnr",
            "r2",
            "recall",
            "reward",
            "rouge",
            "sensitivity",
            "similarity",
            "specificity",
            "ssim");

    private static final Set<String> LOWER = Set.of(
            "brier",
            "cosh",
            "distance",
            "divergence",
            "entropy",
            "error",
            "errors",
            "hinge",
            "huber",
            "loss",
            "mae",
            "mape",
            "mse",
            "nce",
            "nll",
            "perplexity",
            "pinball",
            "rmse",
            "smape",
            "surprise");

    private static final Set<String> NEGATED = Set.of("inverse", "minus", "neg", "negative");

    /** Losses by the names of those who thought of them. */
    private static final Set<String> LOSSES = Set.of("contrastive", "dice", "focal", "smooth_l1", "triplet");

    /** A function that only hands on to another one, which does so too, is not followed further. */
    private static final int DEPTH = 8;

    private final Env env;

    /** In the scope of a section. */
    MetricDirection(Env env) {
        this.env = env;
    }

    /** True if more of it is better; empty if nothing tells. */
    Optional<Boolean> ofMetric(String name) {
        return of(name, 0);
    }

    private Optional<Boolean> of(String name, int depth) {
        if (LOSSES.contains(name)) {
            return Optional.of(false);
        }
        if (name.equals("mean_average_precision") || name.startsWith("rouge_")) {
            return Optional.of(true);
        }
        Optional<Boolean> told = byWords(name);
        return told.isPresent() || depth == DEPTH ? told : called(name).flatMap(n -> of(n, depth + 1));
    }

    /** The words of a name say it, if all that do agree: {@code error_recall} could be either, {@code neg_mse} too. */
    private static Optional<Boolean> byWords(String name) {
        List<String> words = Arrays.asList(name.split("_"));
        if (words.stream().anyMatch(NEGATED::contains)) {
            return Optional.empty();
        }
        boolean higher = words.stream().anyMatch(HIGHER::contains);
        boolean lower = words.stream().anyMatch(LOWER::contains);
        return higher == lower ? Optional.empty() : Optional.of(higher);
    }

    /** The function whose value a function of the program gives as it is. */
    private Optional<String> called(String name) {
        return env.home()
                .find(name)
                .filter(f -> f.declaration() instanceof Decl.Function)
                .map(f -> ((Decl.Function) f.declaration()).body())
                .filter(b -> b.size() == 1 && b.getFirst() instanceof Stmt.Output)
                .flatMap(b -> MetricRules.name(((Stmt.Output) b.getFirst()).value()))
                .map(Expr.Name::name);
    }
}
