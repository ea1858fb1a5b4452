package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.util.List;

/** Rows that cannot be read: up to a limit they are left out and counted, beyond it the last one ends the reading. */
final class BadRows {
    private static final String HELP = "correct it, or leave bad rows out with `on_error skip(10)` in the data section";

    private final long limit;
    private long count;
    private String first = "";

    /** A limit of 0 leaves none out. */
    BadRows(long limit) {
        this.limit = limit;
    }

    /** One more; throws it if that is one too many. */
    void add(NndException row) {
        if (limit == 0) {
            throw row.help().isPresent() ? row : new NndException(String.valueOf(row.getMessage()), HELP, row);
        }
        if (count == limit) {
            throw new NndException(
                    "More than " + limit + (limit == 1 ? " row" : " rows")
                            + " can't be read, which is as many as `on_error skip` leaves out. The next is: "
                            + row.getMessage(),
                    row);
        }
        first = count == 0 ? String.valueOf(row.getMessage()) : first;
        count++;
    }

    /** What to tell about them. */
    List<String> warnings() {
        return count == 0
                ? List.of()
                : List.of(count + (count == 1 ? " row was" : " rows were") + " left out, as `on_error skip(" + limit
                        + ")` allows" + (count == 1 ? ": " : "; the first: ") + first);
    }
}
