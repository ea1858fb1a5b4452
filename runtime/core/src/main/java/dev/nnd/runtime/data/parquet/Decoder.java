package dev.nnd.runtime.data.parquet;

import java.util.Optional;

/** Reads the values of a page in turn. */
sealed interface Decoder
        permits PlainDecoder, Dictionary.Ids, DeltaDecoder, DeltaTextDecoder, Decoder.Split, Decoder.Truths {
    void next(Value into);

    /** For a page in the encoding with this number of the format. */
    static Decoder of(int encoding, Column column, Bytes in, Optional<Dictionary> dictionary) {
        boolean whole = column.type() == Column.Type.INT32 || column.type() == Column.Type.INT64;
        return switch (encoding) {
            case 0 -> new PlainDecoder(column, in);
            case 2, 8 ->
                dictionary
                        .orElseThrow(() -> ParquetException.damaged("a page refers to a dictionary that is not there"))
                        .ids(in);
            case 3 -> {
                require(column.type() == Column.Type.BOOLEAN, encoding);
                yield new Truths(new Runs(in.part(Integer.toUnsignedLong(in.int32())), 1));
            }
            case 5 -> {
                require(whole, encoding);
                yield new DeltaDecoder(in, column.type() == Column.Type.INT32);
            }
            case 6 -> {
                require(column.type() == Column.Type.BYTE_ARRAY, encoding);
                yield new DeltaTextDecoder(in, false, 0);
            }
            case 7 -> {
                require(column.isBytes(), encoding);
                yield new DeltaTextDecoder(in, true, column.width());
            }
            case 9 -> {
                require(column.width() > 0, encoding);
                yield new Split(in, column.width(), column.isBytes(), column.type() == Column.Type.INT32);
            }
            default ->
                throw ParquetException.unsupported("a page has the encoding " + encoding + ", which is not read");
        };
    }

    private static void require(boolean fits, int encoding) {
        if (!fits) {
            throw ParquetException.damaged("a page has the encoding " + encoding + ", which its type has not");
        }
    }

    /** Truth values in runs. */
    record Truths(Runs runs) implements Decoder {
        @Override
        public void next(Value into) {
            into.bits = runs.next();
        }
    }

    /** All first bytes of the values, then all second ones. */
    final class Split implements Decoder {
        private final byte[] data;
        private final int from;
        private final int count;
        private final int width;
        private final boolean bytes;
        private final boolean signed;
        private int i;

        Split(Bytes in, int width, boolean bytes, boolean signed) {
            if (in.left() % width != 0) {
                throw ParquetException.damaged("a page has " + in.left() + " bytes of values of " + width + " bytes");
            }
            this.data = in.data();
            this.from = in.at();
            this.count = in.left() / width;
            this.width = width;
            this.bytes = bytes;
            this.signed = signed;
        }

        @Override
        public void next(Value into) {
            if (i >= count) {
                throw new ParquetException.EndOfBytes();
            }
            if (bytes) {
                var value = new byte[width];
                for (int b = 0; b < width; b++) {
                    value[b] = data[from + b * count + i];
                }
                into.bytes(value, 0, width);
            } else {
                long value = 0;
                for (int b = 0; b < width; b++) {
                    value |= (data[from + b * count + i] & 0xFFL) << 8 * b;
                }
                into.bits = signed ? (int) value : value;
            }
            i++;
        }
    }
}
