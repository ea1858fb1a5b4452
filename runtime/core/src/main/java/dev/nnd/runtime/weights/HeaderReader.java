package dev.nnd.runtime.weights;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and checks the JSON header of a safetensors file. It trusts nothing: every rule of the format's specification
 * is checked, numbers can't overflow, and what it allocates is bounded by the header's length.
 */
final class HeaderReader {

    /** What is wrong with a header, in a few words; the caller adds the file. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String problem) {
            super(problem);
        }
    }

    /** A checked header: entries in the order of their bytes. */
    record Header(Map<String, String> metadata, Map<String, Entry> entries) {}

    private static final String METADATA = "__metadata__";
    private static final int SHOWN = 60;
    private static final int MAXIMUM_RANK = 64;

    private final HeaderTokens json;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private HeaderReader(HeaderTokens json) {
        this.json = json;
    }

    /**
     * Parses a header.
     *
     * @param bytes the header, UTF-8 JSON, possibly followed by spaces
     * @param dataBytes how many bytes of the file follow it
     */
    static Header read(byte[] bytes, long dataBytes) throws Malformed {
        if (bytes.length == 0 || bytes[0] != '{') {
            throw new Malformed("its header is not a JSON object");
        }
        var json = new HeaderTokens(bytes);
        var reader = new HeaderReader(json);
        reader.object();
        if (json.next() != HeaderTokens.Kind.END) {
            throw new Malformed("something follows the header's JSON object");
        }
        return new Header(reader.metadata, checked(reader.entries, dataBytes));
    }

    private void object() throws Malformed {
        expect(HeaderTokens.Kind.OBJECT, "the header");
        boolean metadataSeen = false;
        while (json.next() == HeaderTokens.Kind.KEY) {
            String name = json.string();
            if (name.equals(METADATA)) {
                if (metadataSeen) {
                    throw new Malformed("it has two " + METADATA);
                }
                metadataSeen = true;
                metadata();
            } else if (entries.put(name, entry(name)) != null) {
                throw new Malformed("it has two tensors named " + quoted(name));
            }
        }
    }

    private void metadata() throws Malformed {
        expect(HeaderTokens.Kind.OBJECT, METADATA);
        while (json.next() == HeaderTokens.Kind.KEY) {
            String key = json.string();
            expect(HeaderTokens.Kind.STRING, METADATA + " " + quoted(key));
            if (metadata.put(key, json.string()) != null) {
                throw new Malformed("it has two " + METADATA + " entries " + quoted(key));
            }
        }
    }

    private Entry entry(String name) throws Malformed {
        expect(HeaderTokens.Kind.OBJECT, "tensor " + quoted(name));
        String dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        while (json.next() == HeaderTokens.Kind.KEY) {
            String key = json.string();
            boolean twice;
            switch (key) {
                case "dtype" -> {
                    twice = dtype != null;
                    expect(HeaderTokens.Kind.STRING, "dtype of " + quoted(name));
                    dtype = json.string();
                }
                case "shape" -> {
                    twice = shape != null;
                    shape = numbers("shape of " + quoted(name), MAXIMUM_RANK);
                }
                case "data_offsets" -> {
                    twice = offsets != null;
                    offsets = numbers("data_offsets of " + quoted(name), 2);
                }
                default -> throw new Malformed("tensor " + quoted(name) + " has the unknown key " + quoted(key));
            }
            if (twice) {
                throw new Malformed("tensor " + quoted(name) + " has two " + key);
            }
        }
        if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
            throw new Malformed("tensor " + quoted(name) + " needs dtype, shape and two data_offsets");
        }
        return entry(name, dtype, shape, offsets);
    }

    private static Entry entry(String name, String dtype, List<Long> shape, List<Long> offsets) throws Malformed {
        var encoding = Encoding.of(dtype);
        if (encoding.isEmpty()) {
            throw new Malformed("tensor " + quoted(name) + " has the unknown dtype " + quoted(dtype));
        }
        long begin = offsets.getFirst();
        long end = offsets.getLast();
        long bytes = encoding.get().bytes();
        try {
            for (long dim : shape) {
                bytes = Math.multiplyExact(bytes, dim);
            }
        } catch (ArithmeticException tooLarge) {
            throw new Malformed("tensor " + quoted(name) + " is too large: " + shape);
        }
        if (end < begin || end - begin != bytes) {
            throw new Malformed("tensor " + quoted(name) + " " + dtype + shape + " needs " + bytes
                    + " bytes, but its data_offsets are " + offsets);
        }
        return new Entry(name, encoding.get(), List.copyOf(shape), begin, end);
    }

    private List<Long> numbers(String what, int maximum) throws Malformed {
        expect(HeaderTokens.Kind.LIST, what);
        var numbers = new ArrayList<Long>();
        HeaderTokens.Kind token = json.next();
        for (; token == HeaderTokens.Kind.NUMBER; token = json.next()) {
            long value = json.number();
            if (value < 0 || numbers.size() == maximum) {
                throw new Malformed("the " + what + " has a negative number, or more than " + maximum);
            }
            numbers.add(value);
        }
        if (token != HeaderTokens.Kind.CLOSE) {
            throw new Malformed("the " + what + " is not a list of whole numbers");
        }
        return numbers;
    }

    private void expect(HeaderTokens.Kind token, String what) throws Malformed {
        if (json.next() != token) {
            throw new Malformed(what + " is not " + token.words());
        }
    }

    /** The bytes of the tensors must cover the data without gap and overlap. */
    private static Map<String, Entry> checked(Map<String, Entry> entries, long dataBytes) throws Malformed {
        var sorted = new ArrayList<>(entries.values());
        sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long at = 0;
        var result = new LinkedHashMap<String, Entry>();
        for (var entry : sorted) {
            if (entry.begin() != at || entry.end() > dataBytes) {
                throw new Malformed("the bytes " + entry.begin() + " to " + entry.end() + " of tensor "
                        + quoted(entry.name()) + " overlap others, leave a gap, or lie outside the file");
            }
            at = entry.end();
            result.put(entry.name(), entry);
        }
        if (at != dataBytes) {
            throw new Malformed("its tensors end at byte " + at + ", its data at byte " + dataBytes);
        }
        return result;
    }

    private static String quoted(String text) {
        return '"' + shortened(text) + '"';
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
    }
}
