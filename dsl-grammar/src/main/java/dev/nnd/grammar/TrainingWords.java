package dev.nnd.grammar;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What people write in a train section by habit from PyTorch and Keras, and how it is written here. */
final class TrainingWords {

    private static final Set<Integer> SETTINGS = Set.of(
            NndLexer.EPOCHS,
            NndLexer.STEPS,
            NndLexer.BATCH,
            NndLexer.SEED,
            NndLexer.PRECISION,
            NndLexer.ACCUMULATE,
            NndLexer.CLIP_NORM,
            NndLexer.EMA,
            NndLexer.TRIALS,
            NndLexer.STRATEGY,
            NndLexer.METRIC,
            NndLexer.MINIMIZE,
            NndLexer.MAXIMIZE,
            NndLexer.DATA);

    private TrainingWords() {}

    /** True for a word whose value follows without a sign: {@code epochs 10}. */
    static boolean isSetting(int type) {
        return SETTINGS.contains(type);
    }

    /** The word here that takes the same value. */
    static Optional<String> word(String written) {
        return Optional.ofNullable(
                switch (written.toLowerCase(Locale.ROOT)) {
                    case "epoch", "num_epochs", "n_epochs", "max_epochs", "nb_epoch" -> "epochs";
                    case "step", "max_steps", "num_steps", "iterations" -> "steps";
                    case "batch_size", "batchsize", "minibatch", "bs" -> "batch";
                    case "random_seed", "manual_seed", "random_state" -> "seed";
                    case "grad_accum", "gradient_accumulation", "accumulate_grad_batches", "accumulation" ->
                        "accumulate";
                    case "max_grad_norm", "clip_grad_norm", "gradient_clip", "clipnorm", "gradient_clip_val" ->
                        "clip_norm";
                    case "dtype", "amp", "mixed_precision" -> "precision";
                    case "dataset", "train_data", "dataloader" -> "data";
                    case "net", "network" -> "model";
                    case "eval_every", "evaluate" -> "validate";
                    case "n_trials", "num_trials", "max_trials" -> "trials";
                    default -> null;
                });
    }

    /** What takes the place of a statement that there is not. */
    static Optional<String> advice(String written) {
        return Optional.ofNullable(
                switch (written.toLowerCase(Locale.ROOT)) {
                    case "loss", "criterion", "objective", "loss_fn" ->
                        "a loss is minimized: `minimize cross_entropy(net(image), label) using adam(lr: 1e-3)`";
                    case "optimizer", "optim", "opt" ->
                        "the optimizer stands after the loss: `minimize LOSS using adam(lr: 1e-3)`";
                    case "lr", "learning_rate" -> "the rate is an argument of the optimizer: `using adam(lr: 1e-3)`";
                    case "scheduler", "lr_scheduler", "schedule", "warmup" ->
                        "a schedule is the rate of the optimizer: `using adam(lr: cosine(1e-3, warmup: 5%))`";
                    case "weight_decay", "momentum" ->
                        "it is an argument of the optimizer: `using sgd(lr: 0.1, momentum: 0.9)`";
                    case "early_stopping", "early_stop", "patience" ->
                        "write `stop early on validation.loss patience 5 epochs`";
                    case "save_best", "best", "callbacks", "restore_best_weights" ->
                        "write `keep best by validation.loss`";
                    case "save", "save_every" -> "write `checkpoint every 1 epochs keep 3`";
                    case "shuffle" -> "rows to train on are shuffled every epoch, by the `seed`";
                    case "device", "gpu", "cuda" -> "where a program runs is no part of it";
                    case "num_workers", "workers", "prefetch" -> "loading is parallel without a setting";
                    case "fit", "compile" -> "the section is run by `nnd train`";
                    default -> null;
                });
    }
}
