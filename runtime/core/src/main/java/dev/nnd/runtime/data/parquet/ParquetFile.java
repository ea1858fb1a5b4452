package dev.nnd.runtime.data.parquet;

import dev.nnd.runtime.data.parquet.Footer.RowGroup;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A Parquet file whose rows are read in turn. In memory are its footer and, for each column that is read, one page and a
 * dictionary. What is wrong with the file is a {@link ParquetException}.
 */
public final class ParquetFile implements AutoCloseable {
    private static final int MAGIC = 0x31524150;
    private static final int MAGIC_ENCRYPTED = 0x45524150;
    private static final int LARGEST_FOOTER = 1 << 27;

    /** Rows, and values of a column, for each byte of the file; beyond it the runs of equal values are made to do harm. */
    private static final long MOST_ROWS = 1 << 16;

    private final Input input;
    private final Footer footer;
    private final Budget budget;
    private final List<Cell> cells;
    private int group;
    private long leftInGroup;

    private ParquetFile(Input input, Footer footer, Budget budget) {
        this.input = input;
        this.footer = footer;
        this.budget = budget;
        this.cells = footer.columns().stream().map(c -> new Cell(c, budget)).toList();
    }

    /**
     * Opens a file.
     *
     * @param columns names of the columns to read; those that it has not are not among the {@link #cells}
     * @param memory bytes that the pages in hand may take
     * @throws IOException if the file can't be read
     */
    public static ParquetFile open(Path file, Collection<String> columns, long memory) throws IOException {
        var channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            var input = new Input(channel, channel.size());
            Footer footer = footer(input, columns);
            requireFew(input, footer.groups(), "rows", RowGroup::rows);
            for (int c = 0; c < footer.columns().size(); c++) {
                int column = c;
                String of = "values of column \"" + footer.columns().get(c).name() + "\"";
                requireFew(
                        input, footer.groups(), of, g -> g.chunks().get(column).values());
            }
            return new ParquetFile(input, footer, new Budget(memory));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void requireFew(Input input, List<RowGroup> groups, String what, ToLongFunction<RowGroup> count) {
        long most = MOST_ROWS * input.size();
        for (RowGroup group : groups) {
            most -= count.applyAsLong(group);
            if (most < 0) {
                throw ParquetException.damaged("its footer says that " + input.size() + " bytes hold more than "
                        + MOST_ROWS * input.size() + " " + what);
            }
        }
    }

    private static Footer footer(Input input, Collection<String> columns) {
        int ends = 8;
        if (input.size() < ends + 4) {
            throw ParquetException.damaged("it has only " + input.size() + " bytes");
        }
        if (new Bytes(input.read(0, 4)).int32() != MAGIC) {
            throw ParquetException.damaged("it does not begin with PAR1, as Parquet files do");
        }
        var end = new Bytes(input.read(input.size() - ends, ends));
        long length = Integer.toUnsignedLong(end.int32());
        int magic = end.int32();
        if (magic == MAGIC_ENCRYPTED) {
            throw ParquetException.unsupported("it is encrypted");
        }
        if (magic != MAGIC) {
            throw ParquetException.damaged(
                    "it does not end with PAR1, as Parquet files do: it is cut off, or not all written");
        }
        if (length > input.size() - ends - 4) {
            throw ParquetException.damaged("its footer is larger than the file");
        }
        if (length > LARGEST_FOOTER) {
            throw ParquetException.unsupported("its footer has " + (length >> 20) + " MB, and at most 128 are read");
        }
        try {
            return Footer.read(new Bytes(input.read(input.size() - ends - length, (int) length)), columns);
        } catch (ParquetException.EndOfBytes e) {
            throw ParquetException.damaged("its footer ends too soon");
        }
    }

    /** The names of all columns. */
    public List<String> names() {
        return footer.schema().names();
    }

    /** What the row in hand has of the columns that are read, in the order in which they were asked for. */
    public List<Cell> cells() {
        return cells;
    }

    /** The number of the row group of the row in hand, from 1. */
    public int group() {
        return group;
    }

    /** Goes to the next row; false at the end. */
    public boolean next() {
        while (leftInGroup == 0) {
            end();
            if (group == footer.groups().size()) {
                return false;
            }
            begin(footer.groups().get(group++));
        }
        leftInGroup--;
        for (int c = 0; c < cells.size(); c++) {
            try {
                cells.get(c).next();
            } catch (ParquetException e) {
                throw e.at(place(c));
            }
        }
        return true;
    }

    private void begin(RowGroup of) {
        leftInGroup = of.rows();
        for (int c = 0; c < cells.size() && leftInGroup > 0; c++) {
            try {
                cells.get(c)
                        .open(new ColumnReader(
                                footer.columns().get(c), of.chunks().get(c), input, budget));
            } catch (ParquetException e) {
                throw e.at(place(c));
            }
        }
    }

    private void end() {
        for (int c = 0; c < cells.size(); c++) {
            try {
                cells.get(c).requireEnd();
            } catch (ParquetException e) {
                throw e.at(place(c));
            }
            cells.get(c).close();
        }
    }

    private String place(int column) {
        return "row group " + group + ", column \""
                + footer.columns().get(column).name() + "\"";
    }

    @Override
    public void close() throws IOException {
        input.channel().close();
    }
}
