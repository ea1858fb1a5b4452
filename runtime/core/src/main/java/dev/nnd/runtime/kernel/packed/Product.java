package dev.nnd.runtime.kernel.packed;

/**
 * c [rows, columns] += a [rows, depth] b [depth, columns] for rectangles of c. The rows of b that a tile reads lie in a panel,
 * which is packed where many tiles read it; a is read where it is. How a number of c is computed does not depend on the
 * rectangle that it is in.
 */
final class Product {

    /** The depth of a panel: with 32 columns of f32 it fills the nearest cache. */
    private static final int DEPTH = 256;

    /** How many panels are packed at a time: reads that are long enough to be foreseen by the machine. */
    private static final int PANELS = 4;

    /** As many rows of a, that deep, stay in the second cache while all panels pass. */
    private static final long ROWS = 512;

    /** Up to so many rows a panel of b is read too seldom to pay for packing. */
    private static final long FEW_ROWS = 16;

    /** Up to so many rows of a the rows of b are added up without tiles, */
    private static final long FEWEST_ROWS = 3;

    /** so many columns at a time. */
    private static final long ROW_COLUMNS = 512;

    /** Strides that are a multiple of this many bytes put rows in the same lines of the cache. */
    private static final long ALIAS = 2048;

    /** The length of rows of products that stay in the nearest caches. */
    private static final long DOT_DEPTH = 2048;

    /** How many columns of products are computed in turn for all rows. */
    private static final int DOT_COLUMNS = 64;

    /** What it multiplies; strides in bytes. */
    record Form(long rows, long columns, long depth, long aRow, long aDepth, long bDepth, long bColumn, long cRow) {}

    private enum Way {
        /** Products of rows of a and rows of b. */
        DOTS,
        /** Rows of b, added up. */
        ROWS,
        /** Tiles. */
        TILES
    }

    private final MatrixKernels kernels;
    private final Form form;
    private final int bytes;
    private final int panel;
    private final Way way;
    private final boolean transposed;
    private final boolean aliased;
    private final long copyRow;
    private final long[] rows;
    private final long[] unpacked;
    private final long[] packed;

    Product(MatrixKernels kernels, Form form) {
        this.kernels = kernels;
        this.form = form;
        bytes = kernels.bytes();
        panel = kernels.panel();
        transposed = form.bDepth == bytes && form.bColumn != bytes;
        aliased = form.aDepth == bytes && form.aRow % ALIAS == 0 && form.rows > FEW_ROWS;
        copyRow = (long) DEPTH * bytes + 64;
        way = way();
        long width = (long) panel * bytes;
        int depth = (int) Math.min(DEPTH, form.depth);
        rows = Places.every(form.bColumn, (int) Math.min(DOT_COLUMNS, form.columns));
        unpacked = Places.pairs(form.aDepth, form.bDepth, depth);
        packed = Places.pairs(aliased ? bytes : form.aDepth, width, depth);
    }

    private Way way() {
        boolean contiguous = form.aDepth == bytes && form.bDepth == bytes;
        boolean narrow = form.rows <= FEW_ROWS || 2 * form.columns <= panel;
        if (contiguous && (narrow || form.columns == 1) && form.depth >= kernels.lanes()) {
            return Way.DOTS;
        }
        return form.rows <= FEWEST_ROWS && !transposed ? Way.ROWS : Way.TILES;
    }

    Form form() {
        return form;
    }

    /** The unit in which columns are to be cut. */
    long columnUnit() {
        return panel;
    }

    /** Bytes of scratch memory for each rectangle that is computed at a time. */
    long scratchBytes() {
        long strip = Math.min(ROWS, form.rows) * panel * bytes;
        long copies = aliased ? Math.min(ROWS, form.rows) * copyRow : 0;
        return (long) PANELS * DEPTH * panel * bytes + strip + copies + 64;
    }

    /** Adds to a rectangle of c, at whose first row and column the addresses point. */
    void add(long a, long b, long c, long rows, long columns, long scratch) {
        switch (way) {
            case DOTS -> dots(a, b, c, rows, columns, scratch);
            case ROWS -> {
                for (long j = 0; j < columns; j += ROW_COLUMNS) {
                    long count = Math.min(ROW_COLUMNS, columns - j);
                    long at = j * bytes;
                    kernels.multiplyRows(
                            rows, count, form.depth, a, form.aRow, form.aDepth, b + at, form.bDepth, c + at, form.cRow);
                }
            }
            case TILES -> {
                for (long row = 0; row < rows; row += ROWS) {
                    long count = Math.min(ROWS, rows - row);
                    tiles(a + row * form.aRow, b, c + row * form.cRow, count, columns, scratch);
                }
            }
        }
    }

    private void dots(long a, long b, long c, long rows, long columns, long scratch) {
        for (long k = 0; k < form.depth; k += DOT_DEPTH) {
            long depth = Math.min(DOT_DEPTH, form.depth - k);
            for (long j = 0; j < columns; j += DOT_COLUMNS) {
                int count = (int) Math.min(DOT_COLUMNS, columns - j);
                long bAt = b + j * form.bColumn + k * bytes;
                kernels.dots(
                        rows,
                        0,
                        count,
                        depth,
                        a + k * bytes,
                        form.aRow,
                        bAt,
                        this.rows,
                        c + j * bytes,
                        form.cRow,
                        scratch);
            }
        }
    }

    private void tiles(long a, long b, long c, long rows, long columns, long scratch) {
        long strip = scratch + (long) PANELS * DEPTH * panel * bytes;
        long copies = strip + Math.min(ROWS, form.rows) * panel * bytes;
        for (long k = 0; k < form.depth; k += DEPTH) {
            int depth = (int) Math.min(DEPTH, form.depth - k);
            long aAt = a + k * form.aDepth;
            if (aliased) {
                for (long row = 0; row < rows; row++) {
                    kernels.copy(aAt + row * form.aRow, copies + row * copyRow, depth);
                }
                aAt = copies;
            }
            long step = transposed ? panel : (long) PANELS * panel;
            for (long j = 0; j < columns; j += step) {
                long width = Math.min(step, columns - j);
                long bAt = b + k * form.bDepth + j * form.bColumn;
                panels(depth, aAt, bAt, c + j * bytes, rows, width, scratch, strip);
            }
        }
    }

    private void panels(int depth, long a, long b, long c, long rows, long width, long scratch, long strip) {
        long aRow = aliased ? copyRow : form.aRow;
        long whole = width / panel;
        long panelBytes = (long) depth * panel * bytes;
        long rowBytes = (long) panel * bytes;
        boolean direct = !transposed && form.rows <= FEW_ROWS;
        if (direct) {
            for (long i = 0; i < whole; i++) {
                kernels.multiply(rows, 0, depth, unpacked, a, aRow, b + i * rowBytes, c + i * rowBytes, form.cRow);
            }
        } else if (transposed) {
            kernels.packTransposed(b, form.bColumn, width, depth, scratch);
        } else {
            kernels.pack(b, form.bDepth, depth, whole, scratch);
        }
        for (long i = 0; !direct && i < whole; i++) {
            kernels.multiply(rows, 0, depth, packed, a, aRow, scratch + i * panelBytes, c + i * rowBytes, form.cRow);
        }
        long rest = width % panel;
        if (rest > 0) {
            long from = scratch + whole * panelBytes;
            if (!transposed) {
                kernels.packRest(b + whole * rowBytes, form.bDepth, rest, depth, from);
            }
            kernels.fill(strip, rows * panel, 0);
            kernels.multiply(rows, 0, depth, packed, a, aRow, from, strip, rowBytes);
            for (long row = 0; row < rows; row++) {
                kernels.add(strip + row * rowBytes, c + whole * rowBytes + row * form.cRow, rest);
            }
        }
    }
}
