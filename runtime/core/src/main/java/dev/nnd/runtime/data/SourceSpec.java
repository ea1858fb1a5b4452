package dev.nnd.runtime.data;

import java.util.List;

/**
 * A named set of files of a data section.
 *
 * @param name as in the data section
 * @param format how the files are read
 * @param files names or globs, relative to the data folder; for {@link Format#IDX} the images' and the
 *     labels' file, or the images' alone where no field reads labels
 * @param columns the names of columns that the fields use, in the order of {@link Row#value}'s index; for CIFAR-100,
 *     which label is read, {@code coarse} or {@code fine}
 * @param options for {@link Format#CSV}, how the files are written; for {@link Format#NPY} its header names the files
 */
public record SourceSpec(String name, Format format, List<String> files, List<String> columns, TableOptions options) {
    public SourceSpec {
        files = List.copyOf(files);
        columns = List.copyOf(columns);
    }

    /** A source whose files are written as usual. */
    public SourceSpec(String name, Format format, List<String> files, List<String> columns) {
        this(name, format, files, columns, TableOptions.USUAL);
    }
}
