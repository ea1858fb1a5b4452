package dev.nnd.compiler.hdf5;

import java.util.ArrayList;
import java.util.List;

/** The sizes of an array. */
final class Dataspace {

    private static final int HIGHEST_RANK = 8;
    private static final long LARGEST = Integer.MAX_VALUE - 8;

    private Dataspace() {}

    static List<Long> dims(Bytes message) {
        int version = message.u8();
        int rank = message.u8();
        message.skip(1);
        boolean none = message.u8() == 2 && version == 2;
        message.skip(version == 1 ? 4 : 0);
        if (rank > HIGHEST_RANK) {
            throw new Hdf5Problem("an array has " + rank + " dims, and at most " + HIGHEST_RANK + " are read");
        }
        if (none) {
            return List.of(0L);
        }
        var dims = new ArrayList<Long>();
        for (int i = 0; i < rank; i++) {
            dims.add(message.word());
        }
        elements(dims);
        return dims;
    }

    /** The product of the sizes. */
    static long elements(List<Long> dims) {
        long product = 1;
        for (long dim : dims) {
            product = dim < 0 || dim > LARGEST ? -1 : product * dim;
            if (product < 0 || product > LARGEST) {
                throw new Hdf5Problem("an array of sizes " + dims + " is too large");
            }
        }
        return product;
    }
}
