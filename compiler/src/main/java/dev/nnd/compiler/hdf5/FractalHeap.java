package dev.nnd.compiler.hdf5;

/** Finds the objects of a heap of doubling blocks ({@code FRHP}), which groups of many links have. */
final class FractalHeap {

    private static final int MOST_ROWS = 64;

    private final Hdf5File file;
    private final int offsetSize;
    private final int lengthSize;
    private final int width;
    private final long startSize;
    private final int directRows;
    private final long root;
    private final int rootRows;

    FractalHeap(Hdf5File file, long place) {
        this.file = file;
        Bytes start = file.at(place);
        start.signature("FRHP", "heap of links");
        start.skip(3);
        if (start.u16() != 0) {
            throw new Hdf5Problem("its groups are compressed, which Keras does not write");
        }
        start.skip(1);
        long mostManaged = start.u32();
        start.skip(12L * file.wordSize());
        width = start.u16();
        startSize = start.word();
        long mostDirect = start.word();
        int bits = start.u16();
        start.skip(2);
        root = start.word();
        rootRows = start.u16();
        if (width == 0 || startSize <= 0 || mostDirect < startSize || bits > 64 || rootRows > MOST_ROWS) {
            throw new Hdf5Problem("it is damaged: a heap of links has impossible sizes");
        }
        offsetSize = (bits + 7) / 8;
        lengthSize = (64 - Long.numberOfLeadingZeros(Math.min(mostDirect, mostManaged)) + 7) / 8;
        directRows = Long.numberOfTrailingZeros(Long.highestOneBit(mostDirect))
                - Long.numberOfTrailingZeros(Long.highestOneBit(startSize))
                + 2;
    }

    /** The object with an id, which is read from where it stands. */
    Bytes object(Bytes id) {
        int kind = id.u8() >> 4 & 3;
        if (kind != 0) {
            throw new Hdf5Problem("a group has names that are longer than Keras writes");
        }
        long offset = id.number(offsetSize);
        long length = id.number(lengthSize);
        return rootRows == 0 ? file.at(root).at(offset).take(length) : find(root, rootRows, offset, length);
    }

    private Bytes find(long place, int rows, long offset, long length) {
        long block = place;
        int count = rows;
        long rest = offset;
        while (true) {
            file.budget().step();
            int row = 0;
            long before = 0;
            while (row < count && rest - before >= size(row) * width) {
                before += size(row) * width;
                row++;
            }
            if (row >= count || rest < 0) {
                throw new Hdf5Problem("it is damaged: a link is not where it is said to be");
            }
            long column = (rest - before) / size(row);
            Bytes node = file.at(block);
            node.signature("FHIB", "block of links");
            node.skip(1 + file.wordSize() + offsetSize + (row * (long) width + column) * file.wordSize());
            block = node.word();
            rest = rest - before - column * size(row);
            if (row < directRows) {
                return file.at(block).at(rest).take(length);
            }
            count = Long.numberOfTrailingZeros(Long.highestOneBit(size(row) / (startSize * width))) + 1;
        }
    }

    /** The size of the blocks of a row: the first two rows are alike, each further one doubles. */
    private long size(int row) {
        return row <= 1 ? startSize : startSize << Math.min(row - 1, 40);
    }
}
