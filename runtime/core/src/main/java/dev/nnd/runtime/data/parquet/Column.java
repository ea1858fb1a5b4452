package dev.nnd.runtime.data.parquet;

import java.util.Arrays;
import java.util.List;

/**
 * A column whose values are read.
 *
 * @param leaf its number among the columns that the file stores
 * @param type how values are stored
 * @param length bytes of a value of fixed length
 * @param form what they mean
 * @param maxDefinition the definition level of a value that is there
 * @param listLevels for lists in lists, the outer first, the definition level of a list that has an element
 */
record Column(String name, int leaf, Type type, int length, Form form, int maxDefinition, List<Integer> listLevels) {
    /** How values are stored, in the order of the format's numbers. */
    enum Type {
        BOOLEAN(0),
        INT32(4),
        INT64(8),
        INT96(12),
        FLOAT(4),
        DOUBLE(8),
        BYTE_ARRAY(0),
        FIXED(0);

        private final int width;

        Type(int width) {
            this.width = width;
        }

        static Type of(long number) {
            if (number < 0 || number >= values().length) {
                throw ParquetException.damaged("a column has the unknown type " + number);
            }
            return Arrays.asList(values()).get((int) number);
        }
    }

    int maxRepetition() {
        return listLevels.size();
    }

    /** Bytes of each value; 0 where they differ or are no whole bytes. */
    int width() {
        return type == Type.FIXED ? length : type.width;
    }

    /** True for values that are kept as a range of bytes, false for those that are a number. */
    boolean isBytes() {
        return type == Type.BYTE_ARRAY || type == Type.FIXED || type == Type.INT96;
    }
}
