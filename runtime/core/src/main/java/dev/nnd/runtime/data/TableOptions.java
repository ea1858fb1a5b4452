package dev.nnd.runtime.data;

import java.util.List;

/**
 * How a table's files are written.
 *
 * @param delimiter between cells; empty to find it by the file's name and header line
 * @param header the names of the columns if the files have no header line, else empty
 * @param quote around cells; empty for the usual one, which is none in files with tabs
 * @param comment the character that starts a line to leave out; empty for none
 * @param encoding as in {@link java.nio.charset.Charset#forName}
 * @param missing what is written for a missing number, beside the usual ways of {@link Values#isMissing}
 * @param skip lines before the header
 */
public record TableOptions(
        String delimiter,
        List<String> header,
        String quote,
        String comment,
        String encoding,
        List<String> missing,
        int skip) {

    /** As most tables are. */
    public static final TableOptions USUAL = new TableOptions("", List.of(), "", "", "UTF-8", List.of(), 0);

    public TableOptions {
        header = List.copyOf(header);
        missing = List.copyOf(missing);
    }
}
