package dev.nnd.runtime.data.parquet;

import dev.nnd.runtime.data.parquet.Footer.Chunk;
import dev.nnd.runtime.data.parquet.ParquetException.EndOfBytes;
import java.util.zip.CRC32;

/** The pages of a column of a row group, one after the other. */
final class Pages {
    private static final int USUAL_HEADER = 256;
    private static final int LARGEST_HEADER = 1 << 24;

    private final Input input;
    private final Codec codec;
    private final Budget budget;
    private final long end;
    private long at;

    /** An unpacked page. One of the first version has its levels before the values: all three are the same bytes. */
    record Page(PageHeader header, Bytes repetitions, Bytes definitions, Bytes values) {
        /** Bytes in memory. */
        long memory() {
            return header.size();
        }
    }

    Pages(Input input, Chunk chunk, Budget budget) {
        this.input = input;
        this.codec = chunk.codec();
        this.budget = budget;
        this.at = chunk.start();
        this.end = chunk.start() + chunk.length();
        if (end > input.size()) {
            throw ParquetException.damaged("it ends behind the end of the file");
        }
    }

    /** The next page; its memory is taken from the budget. */
    Page next() {
        PageHeader header = header();
        if (header.packed() > end - at) {
            throw ParquetException.damaged("a page ends behind the end of its column");
        }
        budget.take(header.packed());
        byte[] packed = input.read(at, header.packed());
        at += packed.length;
        check(header, packed);
        budget.take(header.size());
        Page page = unpack(header, new Bytes(packed));
        budget.give(header.packed());
        return page;
    }

    private PageHeader header() {
        for (int length = USUAL_HEADER; ; length *= 8) {
            int there = (int) Math.min(end - at, length);
            var bytes = new Bytes(input.read(at, there));
            try {
                PageHeader header = PageHeader.read(bytes);
                at += bytes.at();
                return header;
            } catch (EndOfBytes e) {
                if (there < length) {
                    throw ParquetException.damaged("its pages end too soon");
                }
                if (length > LARGEST_HEADER) {
                    throw ParquetException.damaged("a page has a header of more than 16 MB");
                }
            }
        }
    }

    private static void check(PageHeader header, byte[] packed) {
        if (header.crc().isPresent()) {
            var crc = new CRC32();
            crc.update(packed);
            if ((int) crc.getValue() != header.crc().getAsInt()) {
                throw ParquetException.damaged(
                        "a page's bytes have changed since it was written: its checksum differs");
            }
        }
    }

    private Page unpack(PageHeader header, Bytes packed) {
        if (header.kind() == PageHeader.Kind.INDEX) {
            return new Page(header, packed, packed, packed);
        }
        if (header.kind() != PageHeader.Kind.DATA_2) {
            var all = new Bytes(codec.unpack(packed, header.size()));
            return new Page(header, all, all, all);
        }
        Bytes repetitions = packed.part(header.repetitionBytes());
        Bytes definitions = packed.part(header.definitionBytes());
        long size = (long) header.size() - header.repetitionBytes() - header.definitionBytes();
        if (size < 0) {
            throw ParquetException.damaged("a page's levels are larger than the page");
        }
        // A page without values may have nothing to unpack.
        Codec values = header.compressed() && packed.left() > 0 ? codec : Codec.NONE;
        return new Page(header, repetitions, definitions, new Bytes(values.unpack(packed, (int) size)));
    }
}
