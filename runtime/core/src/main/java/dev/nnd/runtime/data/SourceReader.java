package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.BiConsumer;

/** Reads the files of one source, each format by its reader. */
final class SourceReader {
    private final String section;
    private final SourceSpec source;
    private final DataFiles files;
    private final Spill spill;
    private final RowUse use;
    private final BadRows bad;

    SourceReader(String section, SourceSpec source, DataFiles files, Spill spill, RowUse use, BadRows bad) {
        this.section = section;
        this.source = source;
        this.files = files;
        this.spill = spill;
        this.use = use;
        this.bad = bad;
    }

    /** The files, in the order of the patterns and then of their names. */
    List<Path> all() {
        return source.files().stream()
                .flatMap(pattern -> files.resolve(pattern).stream())
                .distinct()
                .toList();
    }

    /** All rows. */
    RowStore read() {
        return switch (source.format()) {
            case IDX -> idx();
            case CIFAR -> {
                var rows = use.anySize() ? new ImageRows(spill, 3072, 32, 32) : new ImageRows(spill, use.pixels());
                var reader = new CifarReader(use, source.columns());
                all().forEach(file -> reader.read(file, rows));
                yield rows;
            }
            case CSV -> table(new TableReader(source.columns(), use.columns(), source.options(), bad)::read);
            case JSONL -> table(new JsonLinesReader(source.columns(), use.columns(), bad)::read);
            case PARQUET -> table(new ParquetReader(source.columns(), use.columns(), bad)::read);
            case NPZ -> table(new ArrayReader(source.columns(), use.columns(), bad)::readArchive);
            case NPY -> arrays();
            case IMAGES -> pictures();
            case TEXT -> throw new IllegalArgumentException("a text has no rows of its own");
        };
    }

    private TableRows table(BiConsumer<Path, TableRows> reader) {
        var rows = new TableRows(spill, use.columns());
        all().forEach(file -> reader.accept(file, rows));
        return rows;
    }

    private PictureRows pictures() {
        var rows = new PictureRows(spill, files.folder(), Math.max(1, use.channels()));
        var reader = new PictureReader(files.folder(), use, bad);
        for (String pattern : source.files()) {
            reader.read(pattern, files.resolve(pattern), rows);
        }
        return rows;
    }

    /** The names of a source of arrays are in the order of its files. */
    private TableRows arrays() {
        var names = source.options().header();
        var found = new LinkedHashMap<String, List<Path>>();
        for (int i = 0; i < names.size(); i++) {
            found.put(names.get(i), files.resolve(source.files().get(i)));
        }
        int sets = found.firstEntry().getValue().size();
        found.forEach((name, paths) -> {
            if (paths.size() != sets) {
                throw new NndException("The source `" + source.name() + "` of " + section + " has " + sets
                        + " files of `" + names.getFirst() + "` and " + paths.size() + " of `" + name
                        + "`; they are read together, in the order of their names.");
            }
        });
        var rows = new TableRows(spill, use.columns());
        var reader = new ArrayReader(source.columns(), use.columns(), bad);
        for (int set = 0; set < sets; set++) {
            var one = new LinkedHashMap<String, Path>();
            for (var entry : found.entrySet()) {
                one.put(entry.getKey(), entry.getValue().get(set));
            }
            reader.readFiles(one, rows);
        }
        return rows;
    }

    private RowStore idx() {
        var images = files.resolve(source.files().get(0));
        if (source.files().size() == 1) {
            var unlabelled = IdxReader.rows(spill, use, images.getFirst());
            images.forEach(file -> IdxReader.of(use, unlabelled).readImages(file, unlabelled));
            return unlabelled;
        }
        var labels = files.resolve(source.files().get(1));
        if (images.size() != labels.size()) {
            throw new NndException("The source `" + source.name() + "` of " + section + " has " + images.size()
                    + " images files (" + source.files().get(0) + ") and " + labels.size() + " labels files ("
                    + source.files().get(1) + "); they are read in pairs, in the order of their names.");
        }
        var rows = IdxReader.rows(spill, use, images.getFirst());
        var reader = IdxReader.of(use, rows);
        for (int i = 0; i < images.size(); i++) {
            reader.read(images.get(i), labels.get(i), rows);
        }
        return rows;
    }
}
