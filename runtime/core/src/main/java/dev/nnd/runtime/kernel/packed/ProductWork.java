package dev.nnd.runtime.kernel.packed;

import dev.nnd.runtime.kernel.Workers;

/** Products of a batch of matrices, cut into rectangles of their results: c = relu?(a b + bias of each column). */
final class ProductWork implements Workers.Work {

    /** A rectangle with less arithmetic is not worth a thread of its own. */
    private static final long LEAST = 200_000;

    private static final long ROW_UNIT = 8;

    /** Rectangles for each thread: some more than one, for threads that are not equally fast. */
    private static final long EACH = 3;

    private final MatrixKernels kernels;
    private final Product product;
    private final Operands at;
    private final long rowStep;
    private final long columnStep;
    private final long rowCuts;
    private final long columnCuts;

    /**
     * Where the operands are.
     *
     * @param bias address of a number for each column, or 0
     * @param scratch {@link Product#scratchBytes} for each thread
     */
    record Operands(long a, long b, long c, Starts starts, long bias, boolean relu, long scratch) {}

    ProductWork(MatrixKernels kernels, Product product, Operands at, int threads) {
        this.kernels = kernels;
        this.product = product;
        this.at = at;
        var form = product.form();
        double arithmetic = (double) form.rows() * form.columns() * form.depth();
        long batch = Math.max(1, at.starts.count());
        long wanted = threads == 1 ? 1 : Math.ceilDiv(threads * EACH, batch);
        wanted = Math.min(wanted, (long) (arithmetic / LEAST) + 1);
        columnStep = step(form.columns(), product.columnUnit(), wanted);
        columnCuts = Math.ceilDiv(form.columns(), columnStep);
        rowStep = step(form.rows(), ROW_UNIT, Math.ceilDiv(wanted, columnCuts));
        rowCuts = Math.ceilDiv(form.rows(), rowStep);
    }

    private static long step(long size, long unit, long cuts) {
        return Math.max(unit, Math.ceilDiv(Math.ceilDiv(size, cuts), unit) * unit);
    }

    int parts() {
        return Math.toIntExact(at.starts.count() * rowCuts * columnCuts);
    }

    @Override
    public void run(int part, int slot) {
        var form = product.form();
        int bytes = kernels.bytes();
        int index = (int) (part / (rowCuts * columnCuts));
        long row = part / columnCuts % rowCuts * rowStep;
        long column = part % columnCuts * columnStep;
        long rows = Math.min(rowStep, form.rows() - row);
        long columns = Math.min(columnStep, form.columns() - column);
        long c = at.c + at.starts.c()[index] + row * form.cRow() + column * bytes;
        for (long i = 0; i < rows; i++) {
            if (at.bias == 0) {
                kernels.fill(c + i * form.cRow(), columns, 0);
            } else {
                kernels.copy(at.bias + column * bytes, c + i * form.cRow(), columns);
            }
        }
        long a = at.a + at.starts.a()[index] + row * form.aRow();
        long b = at.b + at.starts.b()[index] + column * form.bColumn();
        product.add(a, b, c, rows, columns, at.scratch + slot * product.scratchBytes());
        for (long i = 0; at.relu && i < rows; i++) {
            kernels.relu(c + i * form.cRow(), columns);
        }
    }
}
