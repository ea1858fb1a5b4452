package dev.nnd.compiler.hdf5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A part of a file that is read from front to back; nothing beyond its end can be read. */
final class Bytes {

    private final ByteBuffer buffer;
    private final int wordSize;

    private Bytes(ByteBuffer buffer, int wordSize) {
        this.buffer = buffer;
        this.wordSize = wordSize;
    }

    /**
     * The whole file.
     *
     * @param wordSize bytes of a place or length, as the superblock says
     */
    static Bytes of(ByteBuffer whole, int wordSize) {
        return new Bytes(whole.slice().order(ByteOrder.LITTLE_ENDIAN), wordSize);
    }

    /** From a place to the end. */
    Bytes at(long place) {
        if (place < 0 || place > buffer.limit()) {
            throw new Hdf5Problem("it is cut off or damaged: it refers to byte " + Long.toUnsignedString(place) + " of "
                    + buffer.limit());
        }
        return of(buffer.slice((int) place, buffer.limit() - (int) place), wordSize);
    }

    /** The next bytes, which are passed. */
    Bytes take(long length) {
        need(length);
        int from = buffer.position();
        buffer.position(from + (int) length);
        return of(buffer.slice(from, (int) length), wordSize);
    }

    private void need(long length) {
        if (length < 0 || length > buffer.remaining()) {
            throw new Hdf5Problem("it is cut off or damaged: " + Long.toUnsignedString(length)
                    + " bytes are needed where " + buffer.remaining() + " are left");
        }
    }

    int position() {
        return buffer.position();
    }

    int remaining() {
        return buffer.remaining();
    }

    void skip(long length) {
        need(length);
        buffer.position(buffer.position() + (int) length);
    }

    /** To the next multiple of eight, counted from the start of this part. */
    void align() {
        skip(Math.min(-buffer.position() & 7, buffer.remaining()));
    }

    int u8() {
        need(1);
        return buffer.get() & 0xff;
    }

    int u16() {
        need(2);
        return buffer.getShort() & 0xffff;
    }

    long u32() {
        need(4);
        return buffer.getInt() & 0xffffffffL;
    }

    long i64() {
        need(8);
        return buffer.getLong();
    }

    /** A place or length; a negative one is none (all bits are set) or too large for any file. */
    long word() {
        return wordSize == 8 ? i64() : number(wordSize);
    }

    /** A number of a few bytes; all bits set is -1 for the size of a word. */
    long number(int bytes) {
        long value = 0;
        boolean none = true;
        for (int i = 0; i < bytes; i++) {
            long b = u8();
            none &= b == 0xff;
            value |= b << (8 * i);
        }
        return none && bytes == wordSize ? -1 : value;
    }

    void signature(String expected, String what) {
        if (!word4().equals(expected)) {
            throw new Hdf5Problem("it is damaged: there is no " + what + " where one is said to be");
        }
    }

    String word4() {
        need(4);
        var text = new byte[4];
        buffer.get(text);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /** Text up to a zero byte, or to the end. */
    String text() {
        int from = buffer.position();
        int end = from;
        while (end < buffer.limit() && buffer.get(end) != 0) {
            end++;
        }
        String text =
                StandardCharsets.UTF_8.decode(buffer.slice(from, end - from)).toString();
        buffer.position(Math.min(end + 1, buffer.limit()));
        return text;
    }

    /** What is left. */
    ByteBuffer rest() {
        return buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
    }
}
