package dev.nnd.runtime.data;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import dev.nnd.runtime.data.RowUse.ColumnUse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The cells of the latest record that are used, in one reused array of characters; of the first record, all cells. */
final class Cells extends AbstractBaseCsvCallbackHandler<Cells> implements RowCells {
    private final List<String> header = new ArrayList<>();
    private int @Nullable [][] usesByPlace;
    private int[] from = {};
    private int[] to = {};
    private char[] characters = new char[256];
    private int used;
    private int width;
    private long line;

    /** From now on keeps only the cells at these places, one for each use. */
    void use(List<ColumnUse> uses, int[] places) {
        int last = Arrays.stream(places).max().orElse(-1);
        var byPlace = new int[last + 1][];
        for (int p = 0; p <= last; p++) {
            int place = p;
            byPlace[p] = IntStream.range(0, uses.size())
                    .filter(i -> places[i] == place)
                    .toArray();
        }
        usesByPlace = byPlace;
        from = new int[uses.size()];
        to = new int[uses.size()];
    }

    @Override
    protected void handleBegin(long startingLineNumber) {
        line = startingLineNumber;
        used = 0;
        width = 0;
    }

    @Override
    protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
        width = index + 1;
        if (usesByPlace == null) {
            header.add(new String(buffer, offset, length).strip());
        } else if (index < usesByPlace.length && usesByPlace[index].length > 0) {
            if (used + length > characters.length) {
                characters = Arrays.copyOf(characters, Math.max(used + length, 2 * characters.length));
            }
            System.arraycopy(buffer, offset, characters, used, length);
            for (int use : usesByPlace[index]) {
                from[use] = used;
                to[use] = used + length;
            }
            used += length;
        }
    }

    @Override
    protected Cells buildRecord() {
        return this;
    }

    /** The first record. */
    List<String> header() {
        return header;
    }

    /** Cells in the record. */
    int width() {
        return width;
    }

    /** The line on which the record starts, from 1. */
    long line() {
        return line;
    }

    @Override
    public String nothing(int use) {
        return "the cell is empty";
    }

    @Override
    public String text(int use, int element) {
        return new String(characters, from[use], to[use] - from[use]);
    }

    @Override
    public float number(int use, int element) {
        return Numbers.parseTrimmed(characters, from[use], to[use]);
    }
}
