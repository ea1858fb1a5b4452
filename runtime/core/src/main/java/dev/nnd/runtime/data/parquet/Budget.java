package dev.nnd.runtime.data.parquet;

/** How much memory the pages in hand may take together. */
final class Budget {
    private final long limit;
    private long used;

    Budget(long limit) {
        this.limit = limit;
    }

    /** Before so many bytes are allocated. */
    void take(long bytes) {
        if (bytes > limit - used) {
            throw ParquetException.unsupported("its pages in hand need more than " + (limit >> 20)
                    + " MB of memory; write the file with smaller pages, or give more memory by -Xmx");
        }
        used += bytes;
    }

    void give(long bytes) {
        used -= bytes;
    }
}
