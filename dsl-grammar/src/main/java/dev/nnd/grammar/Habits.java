package dev.nnd.grammar;

import java.util.Map;

/** Words of other languages and libraries at the beginning of a statement, and what is written here. */
final class Habits {

    /**
     * What to write for a word.
     *
     * @param replacement the word, or the words, of this language
     * @param help why
     */
    record Habit(String replacement, String help) {}

    private static final Habit LET = new Habit("let", "a value is named with `let`");
    private static final Habit MODEL =
            new Habit("model", "a network is declared with `model`, a part of one with `block`");
    private static final Habit FN = new Habit("fn", "a function is declared with `fn`");
    private static final Habit FIELD = new Habit("field", "a value of an example is declared with `field`");
    private static final Habit SOURCE = new Habit("source", "files are named with `source`");
    private static final Habit EPOCHS = new Habit("epochs", "the length of a run is given with `epochs` or `steps`");
    private static final Habit BATCH = new Habit("batch", "the size of a batch is given with `batch`");
    private static final Habit MINIMIZE = new Habit("minimize", "a loss is given with `minimize LOSS using OPTIMIZER`");

    /** At the top of a file. */
    static final Map<String, Habit> DECLARATIONS = Map.ofEntries(
            Map.entry("def", FN),
            Map.entry("function", FN),
            Map.entry("func", FN),
            Map.entry("fun", FN),
            Map.entry("class", MODEL),
            Map.entry("network", MODEL),
            Map.entry("net", MODEL),
            Map.entry("struct", MODEL),
            Map.entry("module", new Habit("block", "a part of a network is declared with `block`")),
            Map.entry("layer", new Habit("block", "a layer of your own is declared with `block`")),
            Map.entry("dataset", new Habit("data", "data is declared with `data`")),
            Map.entry("training", new Habit("train", "training is declared with `train`")),
            Map.entry("fit", new Habit("train", "training is declared with `train`")),
            Map.entry("search", new Habit("tune", "a search is declared with `tune`")),
            Map.entry("using", new Habit("import", "declarations of other files are named with `import`")));

    /** In a block, model or function. */
    static final Map<String, Habit> STATEMENTS = Map.ofEntries(
            Map.entry("return", new Habit("output", "a result is given with `output`")),
            Map.entry("yield", new Habit("output", "a result is given with `output`")),
            Map.entry("const", LET),
            Map.entry("val", LET),
            Map.entry("auto", LET),
            Map.entry("final", LET),
            Map.entry("int", LET),
            Map.entry("float", LET),
            Map.entry("def", LET),
            Map.entry("mut", new Habit("var", "a value that changes is named with `var`")),
            Map.entry("assert", new Habit("require", "a condition is stated with `require`")),
            Map.entry("check", new Habit("require", "a condition is stated with `require`")),
            Map.entry("in", new Habit("input", "an input is declared with `input`")),
            Map.entry("out", new Habit("output", "a result is given with `output`")),
            Map.entry("result", new Habit("output", "a result is given with `output`")),
            Map.entry("weight", new Habit("param", "a weight is declared with `param`")),
            Map.entry("parameter", new Habit("param", "a weight is declared with `param`")),
            Map.entry("elif", new Habit("else if", "a further condition is written `else if`")),
            Map.entry("while", new Habit("for i in 0..n", "loops are unrolled: `for i in 0..n`")));

    /** In a data section. */
    static final Map<String, Habit> DATA_ITEMS = Map.ofEntries(
            Map.entry("column", FIELD),
            Map.entry("feature", FIELD),
            Map.entry("label", FIELD),
            Map.entry("target", FIELD),
            Map.entry("let", FIELD),
            Map.entry("input", FIELD),
            Map.entry("output", FIELD),
            Map.entry("file", SOURCE),
            Map.entry("load", SOURCE),
            Map.entry("read", SOURCE),
            Map.entry("from", SOURCE),
            Map.entry("transform", new Habit("augment", "changes of training examples are given with `augment`")));

    /** In a train section. */
    static final Map<String, Habit> TRAIN_ITEMS = Map.ofEntries(
            Map.entry("epoch", EPOCHS),
            Map.entry("num_epochs", EPOCHS),
            Map.entry("n_epochs", EPOCHS),
            Map.entry("max_epochs", EPOCHS),
            Map.entry("step", new Habit("steps", "the length of a run is given with `epochs` or `steps`")),
            Map.entry("iterations", new Habit("steps", "the length of a run is given with `epochs` or `steps`")),
            Map.entry("max_steps", new Habit("steps", "the length of a run is given with `epochs` or `steps`")),
            Map.entry("batch_size", BATCH),
            Map.entry("batchsize", BATCH),
            Map.entry("batches", BATCH),
            Map.entry("loss", MINIMIZE),
            Map.entry("criterion", MINIMIZE),
            Map.entry("objective", MINIMIZE),
            Map.entry("optimize", MINIMIZE),
            Map.entry("maximize", MINIMIZE),
            Map.entry("metrics", new Habit("metric", "metrics are given with `metric`")),
            Map.entry("measure", new Habit("metric", "metrics are given with `metric`")),
            Map.entry("dataset", new Habit("data", "the data is named with `data`")),
            Map.entry("net", new Habit("model", "a model is named with `model`")),
            Map.entry("random_seed", new Habit("seed", "the seed is given with `seed`")),
            Map.entry("save", new Habit("checkpoint", "weights are saved with `checkpoint every 1 epoch`")),
            Map.entry("dtype", new Habit("precision", "the precision is given with `precision bf16`")),
            Map.entry("amp", new Habit("precision", "the precision is given with `precision bf16`")),
            Map.entry("grad_clip", new Habit("clip_norm", "gradients are clipped with `clip_norm`")),
            Map.entry("eval", new Habit("validate", "validation is given with `validate every 1 epoch`")));

    /** In a tune section. */
    static final Map<String, Habit> TUNE_ITEMS = Map.of(
            "param", new Habit("search", "what is searched is given with `search NAME in ...`"),
            "parameter", new Habit("search", "what is searched is given with `search NAME in ...`"),
            "let", new Habit("search", "what is searched is given with `search NAME in ...`"),
            "model", new Habit("train", "what is tuned is named with `train`"),
            "trial", new Habit("trials", "the number of trials is given with `trials`"),
            "objective", new Habit("maximize", "what is better is given with `maximize` or `minimize`"));

    private Habits() {}
}
