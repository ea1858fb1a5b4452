package dev.nnd.runtime.train;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.DataJson;
import dev.nnd.runtime.data.Dataset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A trained model on disk: weights, and what of the data section travels with them. */
public final class RunDirectory {
    /** The folder of the best weights. */
    public static final String BEST = "best";
    /** The folder of the latest weights, from which a run is resumed. */
    public static final String LAST = "last";

    /** The folder of the checkpoints that a section asks for, such as {@code checkpoints/step-250}. */
    public static final String CHECKPOINTS = "checkpoints";

    /** The folder of the best epochs, where a section keeps several. */
    public static final String KEPT = "kept";

    /** The report for people. */
    public static final String REPORT = "report.html";

    /** The picture of its curves. */
    public static final String CURVES = "curves.png";

    /** The folder of what a generator draws on the way, such as {@code pictures/step-0469.png}. */
    public static final String PICTURES = "pictures";

    static final String WEIGHTS = "weights.safetensors";

    /** What takes the place of the weights' file where only adapters are trained: these, and weights trained beside them. */
    static final String ADAPTERS = "adapters.safetensors";

    static final String STATE = "state.safetensors";
    static final String DATA = "data.json";
    static final String RUN = "run.json";
    static final String METRICS = "metrics.csv";

    private final Path folder;
    private final RunJson run;

    private RunDirectory(Path folder) {
        this.folder = folder;
        this.run = RunJson.read(folder.resolve(RUN));
    }

    /** Opens a run directory's best weights, or its folder {@code best} or {@code last} if that is given. */
    public static RunDirectory open(Path folder) {
        Checkpoint.recover(folder);
        if (holdsWeights(folder)) {
            return new RunDirectory(folder);
        }
        var best = folder.resolve(BEST);
        Checkpoint.recover(best);
        if (holdsWeights(best)) {
            return new RunDirectory(best);
        }
        throw new NndException(
                "There is no trained model in " + folder + ": it holds neither " + WEIGHTS + " nor " + BEST + "/"
                        + WEIGHTS + ".",
                "give the folder that training wrote, such as runs/<train name>",
                null);
    }

    private static boolean holdsWeights(Path folder) {
        return Files.isRegularFile(folder.resolve(WEIGHTS)) || Files.isRegularFile(folder.resolve(ADAPTERS));
    }

    /** The folder that holds the files. */
    public Path folder() {
        return folder;
    }

    /** The weights' file, or that of the adapters, which loads in its place. */
    public Path weights() {
        return folder.resolve(holdsAdapters() ? ADAPTERS : WEIGHTS);
    }

    /** True if the weights are adapters over those of another file. */
    boolean holdsAdapters() {
        return Files.isRegularFile(folder.resolve(ADAPTERS));
    }

    /** The weights' file of one model of a section with several. */
    public Path weights(String model) {
        return folder.resolve(model + ".safetensors");
    }

    /** The train section that made it. */
    public String name() {
        return run.name();
    }

    /** The fold of the data that it was validated on, from 1; 1 if the data has none. */
    public int fold() {
        return Math.max(1, run.fold());
    }

    /** The epoch that the weights are from. */
    public long epoch() {
        return run.epoch();
    }

    /** The step that the weights are from. */
    public long step() {
        return run.step();
    }

    /** The metrics of that epoch, such as {@code "validation.accuracy"}. */
    public Map<String, Double> metrics() {
        return run.metrics();
    }

    /** Gives a data section the statistics that were learned. */
    public void loadData(Dataset dataset) {
        DataJson.read(folder.resolve(DATA), dataset);
    }

    /**
     * Compares a size of loaded weights with what the loaded data section has learned.
     *
     * @throws NndException if they differ, since the files are then of different runs
     */
    public void requireSize(String name, int weights, int data) {
        if (weights != data) {
            throw new NndException(
                    "The files in " + folder + " do not belong together: " + name + " is " + weights + " in "
                            + weights().getFileName() + " and " + data + " in " + DATA + ".",
                    "copy all files of one run",
                    null);
        }
    }

    /** Gives a program the weights and the statistics. */
    public void load(TrainingProgram program) {
        if (!run.name().equals(program.name())) {
            throw new NndException(
                    "The run in " + folder + " is of " + run.name() + ", not of " + program.name() + ".",
                    "give the run directory of " + program.name(),
                    null);
        }
        loadData(program.data());
        program.parameters().load(weights());
    }

    RunJson run() {
        return run;
    }
}
