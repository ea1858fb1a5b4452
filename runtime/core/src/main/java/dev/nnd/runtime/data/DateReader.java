package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/**
 * Numbers of dates in a text. A date without an hour is at midnight; without a time zone it is in UTC. Hours and days are
 * those that the text says, whatever its time zone.
 */
public final class DateReader {
    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .appendPattern("yyyy-MM-dd[['T'][' ']HH:mm[:ss]]")
            .optionalStart()
            .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, true)
            .optionalEnd()
            .appendPattern("[XXX]")
            .toFormatter(Locale.ROOT);

    private final DateTimeFormatter format;
    private final String written;

    /** A pattern of {@link DateTimeFormatter}; empty for ISO 8601, with a time or without. */
    public DateReader(String pattern) {
        this.written = pattern.isEmpty() ? "ISO 8601, such as 2024-02-29 or 2024-02-29T13:45" : "\"" + pattern + "\"";
        this.format = pattern.isEmpty() ? ISO : DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
    }

    private TemporalAccessor parse(Row row, String field, String text) {
        if (row.number() == 1 && text.isEmpty() && row.file().equals(RowUse.NO_FILE)) {
            return LocalDateTime.MIN;
        }
        try {
            return format.parseBest(text.strip(), OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
        } catch (DateTimeException e) {
            throw new NndException(
                    "row " + row.number() + " of " + row.file() + " has \"" + text + "\" for `" + field
                            + "`, which is no date in the format " + written + ".",
                    e);
        }
    }

    private LocalDateTime read(Row row, String field, String text) {
        return switch (parse(row, field, text)) {
            case OffsetDateTime time -> time.toLocalDateTime();
            case LocalDateTime time -> time;
            case TemporalAccessor date -> LocalDate.from(date).atStartOfDay();
        };
    }

    /** The year. */
    public float year(Row row, String field, String text) {
        return read(row, field, text).getYear();
    }

    /** From 1 to 12. */
    public float month(Row row, String field, String text) {
        return read(row, field, text).getMonthValue();
    }

    /** The day of the month, from 1. */
    public float day(Row row, String field, String text) {
        return read(row, field, text).getDayOfMonth();
    }

    /** From 1, Monday, to 7. */
    public float weekday(Row row, String field, String text) {
        return read(row, field, text).getDayOfWeek().getValue();
    }

    /** From 0 to 23. */
    public float hour(Row row, String field, String text) {
        return read(row, field, text).getHour();
    }

    /** From 0 to 59. */
    public float minute(Row row, String field, String text) {
        return read(row, field, text).getMinute();
    }

    /** Seconds since 1970. */
    public float timestamp(Row row, String field, String text) {
        return parse(row, field, text) instanceof OffsetDateTime time
                ? time.toEpochSecond()
                : read(row, field, text).toEpochSecond(ZoneOffset.UTC);
    }
}
