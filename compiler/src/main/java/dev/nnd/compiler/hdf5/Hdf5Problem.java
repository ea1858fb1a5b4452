package dev.nnd.compiler.hdf5;

/** Why a file cannot be read: one sentence without its end. */
public final class Hdf5Problem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int LONGEST_NAME = 80;

    Hdf5Problem(String message) {
        super(message);
    }

    Hdf5Problem(String message, Throwable cause) {
        super(message, cause);
    }

    /** The sentence. */
    public String message() {
        return String.valueOf(getMessage());
    }

    /** A name of the file in a message: on one line and not too long. */
    static String shown(String name) {
        String line = name.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= LONGEST_NAME ? line : line.substring(0, LONGEST_NAME) + "...";
    }
}
