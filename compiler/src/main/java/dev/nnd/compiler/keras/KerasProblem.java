package dev.nnd.compiler.keras;

/** Why a model cannot be imported: one sentence, without its end, that names the layer or the array. */
public final class KerasProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int LONGEST_NAME = 80;

    private final String help;

    KerasProblem(String message) {
        this(message, "");
    }

    KerasProblem(String message, String help) {
        super(message);
        this.help = help;
    }

    KerasProblem(String message, Throwable cause) {
        this(message, "");
        initCause(cause);
    }

    /** The sentence. */
    public String message() {
        return String.valueOf(getMessage());
    }

    /** What can be done; empty if nothing is known. */
    public String help() {
        return help;
    }

    /** A name of the file in a message: on one line and not too long. */
    static String shown(String name) {
        String line = name.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= LONGEST_NAME ? line : line.substring(0, LONGEST_NAME) + "...";
    }
}
