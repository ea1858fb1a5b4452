package dev.nnd.runtime;

import java.io.Serial;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that the user of a model can put right: a missing file, weights of another model, a closed program. The
 * message is plain sentences with the place; {@link #help()} says what to do. Command lines print both without a stack
 * trace.
 */
public final class NndException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final @Nullable String help;

    public NndException(String message) {
        this(message, null, null);
    }

    public NndException(String message, @Nullable Throwable cause) {
        this(message, null, cause);
    }

    public NndException(String message, @Nullable String help, @Nullable Throwable cause) {
        super(message, cause);
        this.help = help;
    }

    /** What is wrong and where; never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /** What to do about it, if there is more to say than the message does. */
    public Optional<String> help() {
        return Optional.ofNullable(help);
    }
}
