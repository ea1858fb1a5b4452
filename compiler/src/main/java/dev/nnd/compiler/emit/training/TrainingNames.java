package dev.nnd.compiler.emit.training;

import com.palantir.javapoet.ClassName;
import dev.nnd.compiler.emit.JavaNames;
import dev.nnd.compiler.typed.TypedTrain;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The Java names around one train section. */
public final class TrainingNames {

    /** What the builder has anyway; a setting of that name gets another. */
    private static final List<String> BUILDER = List.of(
            "data", "out", "threads", "seed", "epochs", "steps", "batch", "progress", "resume", "options", "build");

    private final TypedTrain train;
    private final Map<String, String> settings = new LinkedHashMap<>();

    /** The names around that section. */
    public TrainingNames(TypedTrain train) {
        this.train = train;
        var taken = new ArrayList<>(BUILDER);
        taken.addAll(List.of(
                "provider",
                "step",
                "settings",
                "net",
                "values",
                "n",
                "all",
                "length",
                "schedule",
                "statement",
                "loop",
                "from",
                "to"));
        var scope = new JavaNames(taken);
        for (TypedTrain.Setting setting : train.settings()) {
            settings.put(setting.name(), scope.unique(JavaNames.member(setting.name())));
        }
    }

    /** {@code MnistTraining}: what users call. */
    public ClassName facade() {
        return name("");
    }

    /** {@code MnistTrainingProgram}: the section as the training loop sees it. */
    public ClassName program() {
        return name("Program");
    }

    /** {@code MnistTrainingFactory}: how the command line gets at the program. */
    public ClassName factory() {
        return name("Factory");
    }

    /** {@code MnistTrainingStep}: forward and backward over a batch. */
    public ClassName step() {
        return name("Step");
    }

    /** {@code MnistTrainingEvaluation}: loss and metrics over a batch. */
    public ClassName evaluation() {
        return name("Evaluation");
    }

    private ClassName name(String suffix) {
        return ClassName.get(train.packageName(), train.name() + suffix);
    }

    /** The class of the data section. */
    public ClassName data() {
        return ClassName.get(train.data().packageName(), train.data().name());
    }

    /** The class of a model. */
    public static ClassName model(TypedTrain.Trained model) {
        return ClassName.get(model.model().packageName(), model.model().name());
    }

    /** The class of a model's weights; it is not public, so there is one in the section's own package. */
    public ClassName weights(TypedTrain.Trained model) {
        return ClassName.get(train.packageName(), model.model().name() + "Weights");
    }

    /** Settings by the language's name, in order, with the Java name of each. */
    public Map<String, String> settings() {
        return settings;
    }

    /** The Java name of a setting. */
    public String setting(String name) {
        return Objects.requireNonNull(settings.get(name), () -> "no setting " + name);
    }
}
