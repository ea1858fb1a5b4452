package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A data section over the files of a folder. Sources are read when one of their splits is asked for, checked while they
 * are read, and kept off the heap. Closing it frees the rows; no {@link BatchFeed} may be open then.
 */
public final class DataSession implements AutoCloseable {
    /** The split that is trained on, and the only one that statistics are learned from. */
    public static final String TRAIN = "train";

    private final Dataset dataset;
    private final Path folder;
    private final int fold;
    private final Spill spill;
    private final RowUse use;
    private final BadRows bad;
    private final List<String> textWarnings = new ArrayList<>();
    private final Map<String, SourceSpec> sourceOf = new LinkedHashMap<>();
    private final Map<String, RowSet> read = new HashMap<>();

    private DataSession(Dataset dataset, Path folder, long memoryBytes, int fold) {
        this.dataset = dataset;
        this.fold = fold;
        this.folder = folder;
        this.spill = new Spill(memoryBytes);
        this.use = RowUse.of(dataset);
        this.bad = new BadRows(dataset.skips());
        for (var source : dataset.sources()) {
            var split = splitOf(source);
            var names = split == null
                    ? List.of(source.name())
                    : split.parts().stream().map(SplitSpec.Part::name).toList();
            for (var name : names) {
                if (sourceOf.put(name, source) != null) {
                    throw new NndException("Two splits of " + dataset.name() + " are named `" + name + "`.");
                }
            }
        }
    }

    /**
     * Opens a data section; nothing is read yet.
     *
     * @param folder where the sources' files are
     * @param memoryBytes rows beyond this many bytes go to a temporary file
     */
    public static DataSession open(Dataset dataset, Path folder, long memoryBytes) {
        return open(dataset, folder, memoryBytes, 1);
    }

    /**
     * As {@link #open(Dataset, Path, long)}, with one of the folds of a section that is split into some.
     *
     * @param fold the fold that is {@code validation}, from 1; of a section without folds 1
     * @throws NndException if there is no such fold
     */
    public static DataSession open(Dataset dataset, Path folder, long memoryBytes, int fold) {
        int folds = folds(dataset);
        if (fold < 1 || fold > Math.max(1, folds)) {
            throw new NndException(
                    folds == 0
                            ? dataset.name() + " has no folds, so there is no fold " + fold + "."
                            : dataset.name() + " has the folds 1 to " + folds + ", not " + fold + ".");
        }
        return new DataSession(dataset, folder, memoryBytes, fold);
    }

    /** Into how many folds a section's rows are divided; 0 if into none. */
    public static int folds(Dataset dataset) {
        return dataset.splits().stream().mapToInt(SplitSpec::folds).max().orElse(0);
    }

    /** The data section. */
    public Dataset dataset() {
        return dataset;
    }

    /** Names of the splits, in the order of the data section. */
    public List<String> splitNames() {
        return List.copyOf(sourceOf.keySet());
    }

    /** A split's rows, or nothing if the data section has no split of that name. Reads the source at the first call. */
    public Optional<RowSet> split(String name) {
        var source = sourceOf.get(name);
        if (source == null) {
            return Optional.empty();
        }
        if (!read.containsKey(name)) {
            if (source.format() == Format.TEXT) {
                divideText(source);
            } else {
                divide(source, reader(source).read());
            }
        }
        return Optional.ofNullable(read.get(name));
    }

    /** A row of a split as a person would read it, such as {@code "titanic.csv, row 12: age = 22, sex = male"}. */
    public String shown(String split, int row) {
        var source = sourceOf.get(split);
        var rows = read.get(split);
        return source == null || rows == null ? "" : rows.shown(row, source.columns());
    }

    /** What to tell of rows that could not be read and were left out, of the sources that were read so far. */
    public List<String> leftOut() {
        return bad.warnings();
    }

    /** Learns every statistic from the training split; returns warnings, also about rows that were left out. */
    public List<String> learn() {
        var warnings = new ArrayList<>(bad.warnings());
        var learned = dataset.learned();
        boolean text = dataset.sources().stream().anyMatch(s -> s.format() == Format.TEXT);
        if (learned.isEmpty() || text) {
            split(TRAIN)
                    .filter(rows -> !text)
                    .ifPresent(rows -> warnings.addAll(new EmptyClasses(dataset, rows).warnings()));
            warnings.addAll(textWarnings);
            return warnings;
        }
        var rows = split(TRAIN)
                .orElseThrow(() ->
                        new NndException(dataset.name() + " learns statistics from the split `train`, and has only "
                                + String.join(", ", splitNames()) + "."));
        learned.forEach(Learned::reset);
        learned.forEach(l -> l.open(folder));
        var row = rows.cursor();
        for (int l = 0; l < learned.size(); l++) {
            for (int i = 0; i < rows.size(); i++) {
                dataset.observe(l, row.seek(rows.row(i)));
            }
            warnings.addAll(learned.get(l).finish());
        }
        warnings.addAll(new EmptyClasses(dataset, rows).warnings());
        return warnings;
    }

    /** Bytes that rows take in memory. */
    public long memoryBytes() {
        return spill.memoryBytes();
    }

    /** Bytes that rows take in the temporary file. */
    public long spilledBytes() {
        return spill.spilledBytes();
    }

    private @Nullable SplitSpec splitOf(SourceSpec source) {
        return dataset.splits().stream()
                .filter(s -> s.source().equals(source.name()))
                .findFirst()
                .orElse(null);
    }

    /** A text is cut into its parts first, then into windows, which need what is learned from the part that is trained on. */
    private void divideText(SourceSpec source) {
        String text = TextReader.read(reader(source).all(), source.options().encoding());
        var split = splitOf(source);
        var names = split == null
                ? List.of(source.name())
                : split.parts().stream().map(SplitSpec.Part::name).toList();
        var texts = split == null ? List.of(text) : TextReader.parts(text, split);
        int train = names.indexOf(TRAIN);
        if (train >= 0) {
            learnText(TextReader.whole(TRAIN, texts.get(train)));
        } else if (!dataset.learned().stream().allMatch(Learned::ready)) {
            split(TRAIN);
        }
        for (int k = 0; k < names.size(); k++) {
            var rows =
                    TokenRows.of(spill, dataset, names.get(k), texts.get(k), use.tokenizers(), Math.max(1, use.span()));
            read.put(names.get(k), RowSet.all(names.get(k), rows));
        }
    }

    /** What a run has learned before stays as it is. */
    private void learnText(Row train) {
        var learned = dataset.learned();
        if (learned.stream().allMatch(Learned::ready)) {
            return;
        }
        learned.forEach(Learned::reset);
        learned.forEach(l -> l.open(folder));
        for (int l = 0; l < learned.size(); l++) {
            dataset.observe(l, train);
            textWarnings.addAll(learned.get(l).finish());
        }
    }

    private SourceReader reader(SourceSpec source) {
        var files = new DataFiles(folder, "the source `" + source.name() + "` of " + dataset.name());
        return new SourceReader(dataset.name(), source, files, spill, use, bad);
    }

    private void divide(SourceSpec source, RowStore store) {
        if (store.rows() == 0) {
            throw new NndException("The source `" + source.name() + "` of " + dataset.name() + " has no rows.");
        }
        var split = splitOf(source);
        if (split == null) {
            read.put(source.name(), RowSet.all(source.name(), store));
        } else {
            new Splitter(dataset, split, fold - 1, store).parts(spill).forEach(part -> read.put(part.name(), part));
        }
    }

    @Override
    public void close() {
        spill.close();
    }
}
