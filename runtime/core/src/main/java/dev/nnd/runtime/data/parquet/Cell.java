package dev.nnd.runtime.data.parquet;

import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a row has of a column: a value, nothing, or a list of such, which may be lists themselves. */
public final class Cell {
    private static final int MOST = 1 << 24;
    private static final byte[] NO_BYTES = {};

    /** Bytes in memory for each value. */
    private static final int OVERHEAD = 32;

    private final Column column;
    private final Budget budget;
    private final int[] counts;
    private final int[] dims;
    private long[] bits = new long[1];
    private boolean[] there = new boolean[1];
    private byte[][] data = {NO_BYTES};
    private int[] from = new int[1];
    private int[] lengths = new int[1];
    private int size;
    private boolean ragged;
    private boolean none;
    private boolean ahead;
    private @Nullable ColumnReader reader;

    Cell(Column column, Budget budget) {
        this.column = column;
        this.budget = budget;
        this.counts = new int[column.maxRepetition() + 1];
        this.dims = new int[column.maxRepetition() + 1];
    }

    /** The rows that follow are of this reader. */
    void open(ColumnReader of) {
        close();
        reader = of;
        ahead = false;
    }

    void close() {
        if (reader != null) {
            reader.close();
        }
        reader = null;
    }

    /** After the last row of a row group. */
    void requireEnd() {
        if (ahead || (reader != null && reader.hasMore())) {
            throw ParquetException.damaged("it has more values than its row group has rows");
        }
    }

    /** Goes to the next row. */
    void next() {
        ColumnReader in = reader;
        size = 0;
        ragged = false;
        if (in == null || (!ahead && !in.next())) {
            throw ParquetException.damaged("it has fewer values than its row group has rows");
        }
        if (counts.length == 1) {
            none = in.definition() < column.maxDefinition();
            add(in);
            return;
        }
        if (in.repetition() != 0) {
            throw ParquetException.damaged("a row begins within a list");
        }
        Arrays.fill(dims, -1);
        none = in.definition() < column.listLevels().getFirst() - 1;
        begin(in, 0);
        for (ahead = in.next(); ahead && in.repetition() > 0; ahead = in.next()) {
            goOn(in, in.repetition());
        }
        endLists(0);
    }

    /** The list of this level has one more. */
    private void goOn(ColumnReader in, int level) {
        if (counts[level] <= 0) {
            throw ParquetException.damaged("a list goes on that has not begun");
        }
        endLists(level);
        counts[level]++;
        begin(in, level);
    }

    /** Lists deeper than this level begin with the entry in hand. */
    private void begin(ColumnReader in, int level) {
        for (int k = level + 1; k < counts.length; k++) {
            boolean has = in.definition() >= column.listLevels().get(k - 1);
            counts[k] = has ? 1 : 0;
            if (!has) {
                // Those in it are not there.
                Arrays.fill(counts, k + 1, counts.length, -1);
                return;
            }
        }
        add(in);
    }

    private void endLists(int level) {
        for (int k = counts.length - 1; k > level; k--) {
            if (counts[k] >= 0) {
                ragged |= dims[k] >= 0 && dims[k] != counts[k];
                dims[k] = counts[k];
            }
        }
    }

    private void add(ColumnReader in) {
        if (size == bits.length) {
            grow();
        }
        there[size] = in.definition() == column.maxDefinition();
        Value value = in.value();
        bits[size] = value.bits;
        if (column.isBytes()) {
            data[size] = value.data;
            from[size] = value.from;
            lengths[size] = value.length;
        }
        size++;
    }

    private void grow() {
        if (size >= MOST) {
            throw ParquetException.unsupported("a row has a list of more than " + MOST + " values");
        }
        budget.take((long) OVERHEAD * size);
        bits = Arrays.copyOf(bits, 2 * size);
        there = Arrays.copyOf(there, 2 * size);
        if (column.isBytes()) {
            data = Arrays.copyOf(data, 2 * size);
            from = Arrays.copyOf(from, 2 * size);
            lengths = Arrays.copyOf(lengths, 2 * size);
        }
    }

    /** True if the row has nothing here. */
    public boolean isNone() {
        return none;
    }

    /** How many values it has; 1 where it is no list. */
    public int size() {
        return size;
    }

    /** The lengths of a list and of those in it; none where it is no list. */
    public List<Integer> dims() {
        var all = new ArrayList<Integer>();
        for (int k = 1; k < dims.length && dims[k] >= 0; k++) {
            all.add(dims[k]);
        }
        return all;
    }

    /** True if lists in it have different lengths. */
    public boolean isRagged() {
        return ragged;
    }

    /** A value as text; empty where there is nothing. */
    public String text(int i) {
        if (i >= size || !there[i]) {
            return "";
        }
        try {
            return column.form().text(bits[i], bytes(i), start(i), length(i));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("its value is no date or time", e);
        }
    }

    /** Its number; NaN where there is none. */
    public float number(int i) {
        return i < size && there[i] ? column.form().number(bits[i], bytes(i), start(i), length(i)) : Float.NaN;
    }

    /** True if the value is there and a number by its type. */
    public boolean isNumber(int i) {
        return i < size && there[i] && column.form().isNumber();
    }

    private byte[] bytes(int i) {
        return column.isBytes() ? data[i] : NO_BYTES;
    }

    private int start(int i) {
        return column.isBytes() ? from[i] : 0;
    }

    private int length(int i) {
        return column.isBytes() ? lengths[i] : 0;
    }
}
