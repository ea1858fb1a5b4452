package dev.nnd.runtime.data.parquet;

import dev.nnd.runtime.data.parquet.Footer.Chunk;
import dev.nnd.runtime.data.parquet.Pages.Page;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The entries of a column of a row group: values, nothing, or that a list has none. */
final class ColumnReader {
    private final Column column;
    private final Pages pages;
    private final Budget budget;
    private final Value value = new Value();
    private Optional<Dictionary> dictionary = Optional.empty();
    private long held;
    private long heldByPage;
    private long left;
    private int leftInPage;
    private @Nullable Runs repetitions;
    private @Nullable Runs definitions;
    private @Nullable Decoder decoder;
    private int repetition;
    private int definition;

    ColumnReader(Column column, Chunk chunk, Input input, Budget budget) {
        this.column = column;
        this.pages = new Pages(input, chunk, budget);
        this.budget = budget;
        this.left = chunk.values();
    }

    /** Goes to the next entry; false at the end. */
    boolean next() {
        while (leftInPage == 0) {
            if (left == 0) {
                return false;
            }
            page();
        }
        leftInPage--;
        repetition = repetitions == null ? 0 : repetitions.next();
        definition = definitions == null ? 0 : definitions.next();
        if (repetition > column.maxRepetition() || definition > column.maxDefinition()) {
            throw ParquetException.damaged("a page has levels that its column has not");
        }
        if (definition == column.maxDefinition() && decoder != null) {
            decoder.next(value);
        }
        return true;
    }

    /** 0 where a row begins, else the level of the list that goes on. */
    int repetition() {
        return repetition;
    }

    /** Up to which level there is something. */
    int definition() {
        return definition;
    }

    /** The value, where the definition is the highest. */
    Value value() {
        return value;
    }

    private void page() {
        Page page = pages.next();
        switch (page.header().kind()) {
            case INDEX -> budget.give(page.memory());
            case DICTIONARY -> dictionary(page);
            case DATA, DATA_2 -> data(page);
        }
    }

    private void dictionary(Page page) {
        int size = page.header().values();
        int encoding = page.header().encoding();
        if (dictionary.isPresent() || column.type() == Column.Type.BOOLEAN || (encoding != 0 && encoding != 2)) {
            throw ParquetException.damaged("it has a dictionary that is none");
        }
        if (size > page.values().left()) {
            throw ParquetException.damaged(
                    "a dictionary of " + size + " values has " + page.values().left() + " bytes");
        }
        long memory = (long) Dictionary.OVERHEAD * size;
        budget.take(memory);
        held += memory + page.memory();
        dictionary = Optional.of(new Dictionary(column, page.values(), size));
    }

    private void data(Page page) {
        budget.give(heldByPage);
        heldByPage = page.memory();
        PageHeader header = page.header();
        if (header.values() > left) {
            throw ParquetException.damaged("its pages have more values than it");
        }
        left -= header.values();
        leftInPage = header.values();
        boolean second = header.kind() == PageHeader.Kind.DATA_2;
        boolean old = (column.maxRepetition() > 0 && header.oldRepetitions())
                || (column.maxDefinition() > 0 && header.oldDefinitions());
        if (old && !second) {
            throw ParquetException.unsupported("a page has levels in an encoding of before 2013");
        }
        repetitions = levels(page.repetitions(), column.maxRepetition(), second);
        definitions = levels(page.definitions(), column.maxDefinition(), second);
        decoder = header.values() == 0 ? null : Decoder.of(header.encoding(), column, page.values(), dictionary);
    }

    private static @Nullable Runs levels(Bytes in, int most, boolean second) {
        if (most == 0) {
            return null;
        }
        return new Runs(second ? in : in.part(Integer.toUnsignedLong(in.int32())), Runs.width(most));
    }

    /** Gives back the memory. */
    void close() {
        budget.give(held + heldByPage);
        held = 0;
        heldByPage = 0;
        decoder = null;
        dictionary = Optional.empty();
    }

    /** True if there are entries behind the one in hand. */
    boolean hasMore() {
        return left > 0 || leftInPage > 0;
    }
}
