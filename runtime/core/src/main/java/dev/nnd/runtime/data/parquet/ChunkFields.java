package dev.nnd.runtime.data.parquet;

import dev.nnd.runtime.data.parquet.Footer.Chunk;

/** The footer's fields of a column of a row group. */
final class ChunkFields {
    private final Column column;
    private long codec;
    private long values = -1;
    private long length = -1;
    private long dataStart = -1;
    private long dictionaryStart = -1;

    private ChunkFields(Column column) {
        this.column = column;
    }

    static Chunk read(Thrift in, Column column) {
        try {
            var fields = new ChunkFields(column);
            fields.read(in);
            return fields.chunk();
        } catch (ParquetException e) {
            throw e.at("column \"" + column.name() + "\"");
        }
    }

    private void read(Thrift in) {
        in.beginElement();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> throw ParquetException.unsupported("its values are in another file");
                case 3 -> {
                    in.begin();
                    while (in.next()) {
                        field(in);
                    }
                }
                case 8, 9 -> throw ParquetException.unsupported("it is encrypted");
                default -> in.skip();
            }
        }
    }

    private void field(Thrift in) {
        switch (in.field()) {
            case 1 -> {
                if (Column.Type.of(in.whole()) != column.type()) {
                    throw ParquetException.damaged("the footer has two types of it");
                }
            }
            case 4 -> codec = in.whole();
            case 5 -> values = in.whole();
            case 7 -> length = in.whole();
            case 9 -> dataStart = in.whole();
            case 11 -> dictionaryStart = in.whole();
            default -> in.skip();
        }
    }

    private Chunk chunk() {
        // Some writers say 0 for no dictionary.
        boolean dictionary = dictionaryStart > 0 && dictionaryStart < dataStart;
        long start = dictionary ? dictionaryStart : dataStart;
        if (values < 0 || (values > 0 && (length < 0 || start < 4 || length > Long.MAX_VALUE - start))) {
            throw ParquetException.damaged("the footer does not say where it is");
        }
        return new Chunk(Codec.of(codec), values, start, length);
    }
}
