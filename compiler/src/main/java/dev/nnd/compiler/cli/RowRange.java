package dev.nnd.compiler.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Rows by their 1-based numbers, both ends included. */
record RowRange(long first, long last) {

    static final RowRange ALL = new RowRange(1, Long.MAX_VALUE);

    boolean contains(long row) {
        return row >= first && row <= last;
    }

    /** {@code 7}, {@code 1-10} or {@code 100-}. */
    static final class Converter implements ITypeConverter<RowRange> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,18})(?:(-)(\\d{1,18})?)?");

        @Override
        public RowRange convert(String text) {
            Matcher parts = FORM.matcher(text);
            if (!parts.matches()) {
                throw new TypeConversionException("'" + text + "' is no row or range of rows such as 7, 1-10 or 100-");
            }
            long first = Long.parseLong(parts.group(1));
            String end = parts.group(3);
            long last = parts.group(2) == null ? first : end == null ? Long.MAX_VALUE : Long.parseLong(end);
            if (first < 1 || last < first) {
                throw new TypeConversionException("'" + text + "' is an empty range; rows count from 1");
            }
            return new RowRange(first, last);
        }
    }
}
