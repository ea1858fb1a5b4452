package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The start of a NumPy array (the format of {@code numpy.save}, versions 1 to 3): what its elements are and its dims.
 *
 * @param kind of the elements, as in NumPy: {@code f i u b U S}
 * @param bytes of an element
 * @param bigEndian their order
 * @param columnMajor true if the first axis is the fastest
 * @param dims at least one
 */
record ArrayHeader(String name, char kind, int bytes, boolean bigEndian, boolean columnMajor, List<Long> dims) {
    ArrayHeader {
        dims = List.copyOf(dims);
    }

    private static final int LONGEST = 1 << 16;
    private static final int MOST_BYTES = 1 << 28;
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)([a-zA-Z])(\\d+)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d, L]*)\\)");

    /** Reads and checks it; {@code name} is the array's in messages. */
    static ArrayHeader read(String name, DataStream in) {
        var start = new byte[8];
        boolean magic = in.fill(start, 0, 8) == 8
                && (start[0] & 0xFF) == 0x93
                && new String(start, 1, 5, StandardCharsets.US_ASCII).equals("NUMPY");
        if (!magic) {
            throw new NndException(name + " is no NumPy array: it does not start as numpy.save writes it.");
        }
        var size = new byte[start[6] == 1 ? 2 : 4];
        long length = 0;
        if (in.fill(size, 0, size.length) < size.length) {
            throw damaged(name, "it ends inside its header");
        }
        for (int b = size.length - 1; b >= 0; b--) {
            length = length << 8 | size[b] & 0xFF;
        }
        if (length > LONGEST) {
            throw damaged(name, "its header claims " + length + " bytes");
        }
        var text = new byte[(int) length];
        if (in.fill(text, 0, text.length) < text.length) {
            throw damaged(name, "it ends inside its header");
        }
        return parse(name, new String(text, StandardCharsets.UTF_8));
    }

    private static ArrayHeader parse(String name, String text) {
        Matcher descr = DESCR.matcher(text);
        Matcher order = ORDER.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        if (!order.find() || !shape.find()) {
            throw damaged(name, "its header is `" + text.strip() + "`");
        }
        if (!descr.find()) {
            throw unknownElements(name, text);
        }
        char kind = descr.group(2).charAt(0);
        long bytes = number(name, descr.group(3)) * (kind == 'U' ? Integer.BYTES : 1);
        List<Long> dims = dims(name, shape.group(1));
        long record = bytes;
        for (long dim : dims.subList(1, dims.size())) {
            record = dim != 0 && record > MOST_BYTES / dim ? Long.MAX_VALUE : record * dim;
            if (record > MOST_BYTES || dims.getFirst() > Integer.MAX_VALUE) {
                throw damaged(name, "it claims rows of " + times(dims) + " elements");
            }
        }
        var header = new ArrayHeader(
                name,
                kind,
                (int) bytes,
                descr.group(1).equals(">"),
                order.group(1).equals("True"),
                dims);
        if (!header.isRead()) {
            throw unknownElements(name, text);
        }
        return header;
    }

    private static NndException unknownElements(String name, String text) {
        boolean objects = text.contains("O'");
        return new NndException(
                name
                        + (objects
                                ? " holds Python objects"
                                : " holds elements of a kind that is not read: " + text.strip())
                        + "; read are floats of 2, 4 and 8 bytes, integers, truth values and text.",
                objects ? "save an array of numbers: numpy.save(file, x.astype('float32'))" : "save another dtype",
                null);
    }

    private static List<Long> dims(String name, String shape) {
        List<Long> dims = Arrays.stream(shape.replace("L", "").split(",", -1))
                .map(String::strip)
                .filter(d -> !d.isEmpty())
                .map(d -> number(name, d))
                .toList();
        if (dims.isEmpty()) {
            throw new NndException(
                    name + " is one number, and a source needs a row for each example.",
                    "save an array whose first axis counts the examples",
                    null);
        }
        return dims;
    }

    private static long number(String name, String digits) {
        try {
            return Long.parseLong(digits.strip());
        } catch (NumberFormatException e) {
            throw damaged(name, "its header has the number `" + digits + "`");
        }
    }

    private static NndException damaged(String name, String what) {
        return new NndException(name + " is damaged: " + what + ".", "copy or save it again", null);
    }

    private boolean isRead() {
        return switch (kind) {
            case 'f' -> bytes == 2 || bytes == 4 || bytes == 8;
            case 'i', 'u' -> bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
            case 'b' -> bytes == 1;
            case 'U', 'S' -> true;
            default -> false;
        };
    }

    /** True for text. */
    boolean isText() {
        return kind == 'U' || kind == 'S';
    }

    /** How many examples. */
    long rows() {
        return dims.getFirst();
    }

    /** Elements of an example. */
    int elements() {
        return dims.stream().skip(1).mapToInt(Long::intValue).reduce(1, Math::multiplyExact);
    }

    /** True if an example has these dims; an array of one is one value. */
    boolean holds(List<Integer> wanted) {
        List<Long> own = dims.subList(1, dims.size());
        return own.equals(wanted.stream().map(Integer::longValue).toList()) || (wanted.isEmpty() && elements() == 1);
    }

    /** The dims of an example as text. */
    String rowText() {
        return dims.size() == 1 ? "one value" : "an array of " + times(dims);
    }

    private static String times(List<Long> dims) {
        return String.join(" x ", dims.stream().skip(1).map(String::valueOf).toList());
    }
}
