package dev.nnd.runtime.data.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HexFormat;

/** What the stored bits or bytes of a value mean. */
sealed interface Form {
    /** Bytes of a decimal; the widest that writers have take 32. */
    int LONGEST = 64;

    /** A whole number; {@code bits} are as many as it has if it has no sign, else 0. */
    record Whole(int bits) implements Form {}

    /** A double. */
    record Real() implements Form {}

    /** A float. */
    record Single() implements Form {}

    /** A float of 16 bits. */
    record Half() implements Form {}

    record Truth() implements Form {}

    /** Bytes that are text in UTF-8. */
    record Text() implements Form {}

    /** Bytes without a meaning as text. */
    record Hex() implements Form {}

    /** A whole number times 10 to the power of {@code -scale}, as a number or as bytes. */
    record Decimal(int scale, boolean bytes) implements Form {
        BigDecimal value(long bits, byte[] data, int from, int length) {
            return new BigDecimal(bytes ? unscaled(data, from, length) : BigInteger.valueOf(bits), scale);
        }
    }

    /** Days since 1970. */
    record Date() implements Form {}

    /** Units since midnight. */
    record Time(long unitsASecond) implements Form {}

    /** Units since 1970. */
    record Timestamp(long unitsASecond) implements Form {}

    /** Nanoseconds of a Julian day, then the day. */
    record JulianTimestamp() implements Form {}

    /** The value as CSV files have it. */
    default String text(long bits, byte[] data, int from, int length) {
        return switch (this) {
            case Whole(int unsigned) ->
                unsigned == 64 ? Long.toUnsignedString(bits) : Long.toString(whole(bits, unsigned));
            case Real _ -> plain(Double.toString(Double.longBitsToDouble(bits)));
            case Single _ -> plain(Float.toString(Float.intBitsToFloat((int) bits)));
            case Half _ -> plain(Float.toString(half(data, from)));
            case Truth _ -> bits == 0 ? "false" : "true";
            case Text _ -> utf8(data, from, length);
            case Hex _ -> HexFormat.of().formatHex(data, from, from + length);
            case Decimal d -> d.value(bits, data, from, length).toPlainString();
            case Date _ -> LocalDate.ofEpochDay(bits).toString();
            case Time(long units) -> time(bits, units);
            case Timestamp(long units) -> timestamp(bits, units);
            case JulianTimestamp _ -> julian(data, from);
        };
    }

    /** The nearest float; NaN for what is no number. */
    default float number(long bits, byte[] data, int from, int length) {
        return switch (this) {
            case Whole(int unsigned) ->
                unsigned == 64 && bits < 0
                        ? new BigInteger(Long.toUnsignedString(bits)).floatValue()
                        : whole(bits, unsigned);
            case Real _ -> (float) Double.longBitsToDouble(bits);
            case Single _ -> Float.intBitsToFloat((int) bits);
            case Half _ -> half(data, from);
            case Decimal d -> d.value(bits, data, from, length).floatValue();
            case Truth _, Text _, Hex _, Date _, Time _, Timestamp _, JulianTimestamp _ -> Float.NaN;
        };
    }

    /** True if the value is a number and not the text of one. */
    default boolean isNumber() {
        return switch (this) {
            case Whole _, Real _, Single _, Half _, Decimal _ -> true;
            case Truth _, Text _, Hex _, Date _, Time _, Timestamp _, JulianTimestamp _ -> false;
        };
    }

    private static long whole(long bits, int unsigned) {
        return unsigned == 0 || unsigned == 64 ? bits : bits & (1L << unsigned) - 1;
    }

    private static float half(byte[] data, int from) {
        return Float.float16ToFloat((short) (data[from] & 0xFF | data[from + 1] << 8));
    }

    private static String utf8(byte[] data, int from, int length) {
        var text = new String(data, from, length, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data, from, length));
            } catch (CharacterCodingException e) {
                throw new IllegalArgumentException("its bytes are not text in UTF-8", e);
            }
        }
        return text;
    }

    /** Java writes 1.0E10 where Python and most others write 10000000000.0. */
    private static String plain(String number) {
        int exponent = number.indexOf('E');
        if (exponent < 0) {
            return number;
        }
        int power = Integer.parseInt(number, exponent + 1, number.length(), 10);
        if (power < -5 || power > 15) {
            return number;
        }
        var plain = new BigDecimal(number).toPlainString();
        return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }

    private static String time(long units, long unitsASecond) {
        long second = Math.floorDiv(units, unitsASecond);
        if (second < 0 || second >= 86_400) {
            throw new IllegalArgumentException("its value is no time of a day");
        }
        long nanos = Math.floorMod(units, unitsASecond) * (1_000_000_000 / unitsASecond);
        return withSeconds(LocalTime.ofNanoOfDay(second * 1_000_000_000 + nanos).toString(), 5);
    }

    private static String timestamp(long units, long unitsASecond) {
        int nanos = (int) (Math.floorMod(units, unitsASecond) * (1_000_000_000 / unitsASecond));
        return withSeconds(
                LocalDateTime.ofEpochSecond(Math.floorDiv(units, unitsASecond), nanos, ZoneOffset.UTC)
                        .toString(),
                16);
    }

    /** Java leaves out seconds that are 0. */
    private static String withSeconds(String time, int length) {
        return time.length() == length ? time + ":00" : time;
    }

    private static String julian(byte[] data, int from) {
        var value = ByteBuffer.wrap(data, from, 12).order(ByteOrder.LITTLE_ENDIAN);
        long nanos = value.getLong();
        long day = Integer.toUnsignedLong(value.getInt()) - 2_440_588;
        var date = LocalDate.ofEpochDay(day).atStartOfDay().plusNanos(nanos);
        return withSeconds(date.toString(), 16);
    }

    static BigInteger unscaled(byte[] data, int from, int length) {
        if (length > LONGEST) {
            throw new IllegalArgumentException(
                    "its value has " + length + " bytes, and decimals have " + LONGEST + " at most");
        }
        return length == 0 ? BigInteger.ZERO : new BigInteger(data, from, length);
    }
}
