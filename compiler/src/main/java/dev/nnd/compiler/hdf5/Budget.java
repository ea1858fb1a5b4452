package dev.nnd.compiler.hdf5;

/** How much a file of a size may make us do: an honest one stays far below. */
final class Budget {

    /** A structure of the format has eight bytes at least, and is read a few times at most. */
    private static final long STEPS_EACH = 4;

    private static final long FREE_STEPS = 100_000;

    /** Arrays may be so much larger than the file, since they can be compressed. */
    private static final long GROWTH = 32;

    private static final long FREE_BYTES = 64L << 20;

    private long steps;
    private long bytes;

    Budget(long fileSize) {
        steps = fileSize / 8 * STEPS_EACH + FREE_STEPS;
        bytes = fileSize * GROWTH + FREE_BYTES;
    }

    /** Counts one structure that is read. */
    void step() {
        steps--;
        if (steps < 0) {
            throw new Hdf5Problem("its structures refer to each other more often than an HDF5 file of its size can");
        }
    }

    /** Counts memory before it is allocated. */
    void allocate(long size) {
        bytes -= size;
        if (size < 0 || bytes < 0) {
            throw new Hdf5Problem("its arrays are more than " + GROWTH + " times as large as the file");
        }
    }
}
