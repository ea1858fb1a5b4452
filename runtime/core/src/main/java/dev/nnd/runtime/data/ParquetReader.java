package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.RowUse.ColumnUse;
import dev.nnd.runtime.data.parquet.ParquetException;
import dev.nnd.runtime.data.parquet.ParquetFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Reads Parquet files, of which the columns that fields use are kept. */
final class ParquetReader {
    private static final int LISTED = 20;

    private final List<String> columns;
    private final List<ColumnUse> uses;
    private final CellReader reader;
    private final BadRows bad;

    ParquetReader(List<String> columns, List<ColumnUse> uses, BadRows bad) {
        this.columns = columns;
        this.uses = uses;
        this.reader = new CellReader(columns, uses, List.of());
        this.bad = bad;
    }

    /** Adds the file's rows. */
    void read(Path file, TableRows into) {
        String name = file.getFileName().toString();
        List<String> used =
                uses.stream().map(use -> columns.get(use.column())).distinct().toList();
        into.beginFile(name);
        try (var parquet = ParquetFile.open(file, used, Runtime.getRuntime().maxMemory() / 4)) {
            requireColumns(name, used, parquet.names());
            var cells = new ParquetCells(columns, uses, used, parquet.cells());
            for (long row = 1; parquet.next(); row++) {
                add(CellReader.Place.inGroup(name, row, parquet.group()), cells, into);
            }
        } catch (ParquetException e) {
            throw new NndException(
                    name + " can't be read as a Parquet file: " + e.getMessage() + ".",
                    e.isUnsupported() ? null : "copy or write it again",
                    e);
        } catch (UncheckedIOException e) {
            throw unreadable(file, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static NndException unreadable(Path file, IOException e) {
        return new NndException("The file " + file + " can't be read: " + e.getMessage() + ".", e);
    }

    private static void requireColumns(String file, List<String> used, List<String> there) {
        for (String name : used) {
            if (!there.contains(name)) {
                throw new NndException(file + " has no column \"" + name + "\". It has: "
                        + String.join(", ", there.subList(0, Math.min(LISTED, there.size())))
                        + (there.size() > LISTED ? " and " + (there.size() - LISTED) + " more" : "") + "."
                        + Nearest.of(name, there)
                                .map(n -> " Did you mean \"" + n + "\"?")
                                .orElse(""));
            }
        }
    }

    private void add(CellReader.Place place, ParquetCells cells, TableRows into) {
        try {
            cells.begin(place);
            reader.add(place, cells, into);
        } catch (NndException e) {
            bad.add(e);
        }
    }
}
