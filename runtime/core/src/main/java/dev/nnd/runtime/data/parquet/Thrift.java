package dev.nnd.runtime.data.parquet;

/** Reads structs of Thrift's compact protocol, in which Parquet writes its headers. */
final class Thrift {
    private static final int TRUE = 1;
    private static final int FALSE = 2;
    private static final int BYTE = 3;
    private static final int INT64 = 6;
    private static final int DOUBLE = 7;
    private static final int BINARY = 8;
    private static final int LIST = 9;
    private static final int SET = 10;
    private static final int MAP = 11;
    private static final int STRUCT = 12;
    private static final int UUID = 13;
    private static final int DEEPEST = 64;

    private final Bytes in;
    private final int[] fields = new int[DEEPEST + 1];
    private int depth;
    private int type;

    Thrift(Bytes in) {
        this.in = in;
    }

    /** Enters the struct that the field holds, or the one that is all. */
    void begin() {
        if (depth > 0) {
            require(STRUCT);
        }
        enter();
    }

    private void enter() {
        if (depth == DEEPEST) {
            throw ParquetException.damaged("structs are nested deeper than " + DEEPEST);
        }
        fields[++depth] = 0;
    }

    /** Goes to the struct's next field; at its end leaves it. */
    boolean next() {
        int header = in.next();
        if (header == 0) {
            depth--;
            return false;
        }
        int delta = header >>> 4;
        fields[depth] = delta == 0 ? (int) in.zigzag() : fields[depth] + delta;
        type = header & 15;
        return true;
    }

    /** The number of the field in hand. */
    int field() {
        return fields[depth];
    }

    long whole() {
        if (type == BYTE) {
            return (byte) in.next();
        }
        if (type < BYTE || type > INT64) {
            throw wrong();
        }
        return in.zigzag();
    }

    /** A whole number from 0. */
    int count() {
        long value = whole();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw ParquetException.damaged("a number that counts is " + value);
        }
        return (int) value;
    }

    boolean truth() {
        if (type != TRUE && type != FALSE) {
            throw wrong();
        }
        return type == TRUE;
    }

    String text() {
        require(BINARY);
        return in.text(in.varint());
    }

    /** Enters a list of structs, each of which begins with {@link #begin}; returns how many there are. */
    int structs() {
        require(LIST);
        int size = elements();
        if (size > 0) {
            require(STRUCT);
        }
        return size;
    }

    /** Sets the type to the elements' and returns their number, of which each takes a byte at least. */
    private int elements() {
        int header = in.next();
        long size = header >>> 4 == 15 ? in.varint() : header >>> 4;
        if (size < 0 || size > in.left()) {
            throw ParquetException.damaged(
                    "a list of " + Long.toUnsignedString(size) + " elements in " + in.left() + " bytes");
        }
        type = header & 15;
        return (int) size;
    }

    /** The next element of {@link #structs} begins. */
    void beginElement() {
        type = STRUCT;
        begin();
    }

    private void require(int wanted) {
        if (type != wanted) {
            throw wrong();
        }
    }

    private ParquetException wrong() {
        return ParquetException.damaged("field " + field() + " of a header has type " + type);
    }

    /** Goes over the field in hand. */
    void skip() {
        if (type != TRUE && type != FALSE) {
            skip(type);
        }
    }

    private void skip(int kind) {
        switch (kind) {
            case TRUE, FALSE, BYTE -> in.next();
            case 4, 5, INT64 -> in.varint();
            case DOUBLE -> in.skip(8);
            case UUID -> in.skip(16);
            case BINARY -> in.skip(in.varint());
            case LIST, SET -> list();
            case MAP -> map();
            case STRUCT -> {
                enter();
                while (next()) {
                    skip();
                }
            }
            default -> throw wrong();
        }
    }

    private void list() {
        int size = elements();
        int of = type;
        enter();
        for (int i = 0; i < size; i++) {
            skip(of);
        }
        depth--;
    }

    private void map() {
        long size = in.varint();
        if (size == 0) {
            return;
        }
        int types = in.next();
        if (size < 0 || size > in.left()) {
            throw ParquetException.damaged("a map of " + Long.toUnsignedString(size) + " entries");
        }
        enter();
        for (long i = 0; i < size; i++) {
            skip(types >>> 4);
            skip(types & 15);
        }
        depth--;
    }
}
