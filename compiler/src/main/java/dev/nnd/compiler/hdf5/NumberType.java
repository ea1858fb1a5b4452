package dev.nnd.compiler.hdf5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a number is kept.
 *
 * @param integer true for whole numbers
 * @param brain true for bfloat16
 */
record NumberType(boolean integer, int size, boolean bigEndian, boolean signed, boolean brain) {

    private static final int INTEGER = 0;
    private static final int FLOAT = 1;
    private static final int ENUMERATION = 8;

    static NumberType of(Bytes message, String path) {
        int kind = message.u8() & 0xf;
        int bits = message.u8();
        int sign = message.u8();
        message.skip(1);
        long size = message.u32();
        if (kind == ENUMERATION) {
            return of(message, path);
        }
        boolean known = kind == INTEGER && (size == 1 || size == 2 || size == 4 || size == 8)
                || kind == FLOAT && (size == 2 || size == 4 || size == 8) && sign == size * 8 - 1;
        if (!known) {
            throw new Hdf5Problem("the array `" + Hdf5Problem.shown(path) + "` is of a type that is not read;"
                    + " floats of 16, 32 and 64 bits and integers are");
        }
        message.skip(4);
        boolean brain = kind == FLOAT && size == 2 && message.u8() == 7;
        return new NumberType(kind == INTEGER, (int) size, (bits & 1) != 0, (bits & 8) != 0, brain);
    }

    ByteOrder order() {
        return bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    /** One number of a buffer in this type's order. */
    double number(ByteBuffer data, int i) {
        if (integer) {
            return whole(data, i);
        }
        return switch (size) {
            case 2 ->
                brain ? Float.intBitsToFloat(data.getShort(2 * i) << 16) : Float.float16ToFloat(data.getShort(2 * i));
            case 4 -> data.getFloat(4 * i);
            default -> data.getDouble(8 * i);
        };
    }

    private double whole(ByteBuffer data, int i) {
        return switch (size) {
            case 1 -> signed ? data.get(i) : data.get(i) & 0xff;
            case 2 -> signed ? data.getShort(2 * i) : data.getShort(2 * i) & 0xffff;
            case 4 -> signed ? data.getInt(4 * i) : data.getInt(4 * i) & 0xffffffffL;
            default -> data.getLong(8 * i);
        };
    }
}
