package dev.nnd.runtime.data.parquet;

import java.io.Serial;

/** Why a file can't be read, as the end of a sentence that begins with the file; {@link #getMessage} is never null. */
public sealed class ParquetException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Whether the file is fine, only beyond what is read here. */
    private final boolean unsupported;

    private ParquetException(String message, boolean unsupported) {
        super(message);
        this.unsupported = unsupported;
    }

    /** The bytes contradict themselves or the format. */
    static ParquetException damaged(String what) {
        return new ParquetException(what, false);
    }

    /** The file is right and uses what this reader does not know. */
    static ParquetException unsupported(String what) {
        return new ParquetException(what, true);
    }

    /** True if copying the file again would not help. */
    public boolean isUnsupported() {
        return unsupported;
    }

    /** The same with a place before it. */
    ParquetException at(String place) {
        var placed = new ParquetException(place + ": " + getMessage(), unsupported);
        placed.initCause(this);
        return placed;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** The bytes in hand are too few. */
    static final class EndOfBytes extends ParquetException {
        @Serial
        private static final long serialVersionUID = 1L;

        EndOfBytes() {
            super("it ends too soon", false);
        }
    }
}
