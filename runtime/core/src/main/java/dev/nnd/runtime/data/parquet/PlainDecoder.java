package dev.nnd.runtime.data.parquet;

/** Values one after the other as they are. */
final class PlainDecoder implements Decoder {
    private final Column column;
    private final Bytes in;
    private long bit;

    PlainDecoder(Column column, Bytes in) {
        this.column = column;
        this.in = in;
    }

    @Override
    public void next(Value into) {
        switch (column.type()) {
            case BOOLEAN -> into.bits = PackedBits.read(in.data(), in.at(), in.end(), bit++, 1);
            case INT32, FLOAT -> into.bits = in.int32();
            case INT64, DOUBLE -> into.bits = in.int64();
            case BYTE_ARRAY -> bytes(into, Integer.toUnsignedLong(in.int32()));
            case INT96, FIXED -> bytes(into, column.width());
        }
    }

    private void bytes(Value into, long length) {
        into.bytes(in.data(), in.skip(length), (int) length);
    }
}
