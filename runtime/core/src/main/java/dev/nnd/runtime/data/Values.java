package dev.nnd.runtime.data;

import java.util.Locale;
import java.util.Set;

/** The functions of fields that Java has not got. */
public final class Values {
    private static final Set<String> MISSING = Set.of("", "na", "n/a", "nan", "null", "none", "<na>", "?");

    private Values() {}

    /** True for an empty cell and for what is written for nothing: NA, N/A, NaN, null, None, {@code <NA>} and ?. */
    public static boolean isMissing(String text) {
        return text.length() <= 16 && MISSING.contains(text.strip().toLowerCase(Locale.ROOT));
    }

    /** The value, or {@code other} where it is NaN. */
    public static float orElse(float value, float other) {
        return Float.isNaN(value) ? other : value;
    }

    /** The text, or {@code other} where it is missing. */
    public static String orElse(String text, String other) {
        return isMissing(text) ? other : text;
    }

    /** {@code a} if the condition holds, else {@code b}. Both are computed, so that a row is read alike for every value. */
    public static float choose(boolean condition, float a, float b) {
        return condition ? a : b;
    }

    /** The same of whole numbers. */
    public static long choose(boolean condition, long a, long b) {
        return condition ? a : b;
    }

    /** The same of whole numbers. */
    public static int choose(boolean condition, int a, int b) {
        return condition ? a : b;
    }

    /** The same of doubles. */
    public static double choose(boolean condition, double a, double b) {
        return condition ? a : b;
    }

    /** The same of truth values. */
    public static boolean choose(boolean condition, boolean a, boolean b) {
        return condition ? a : b;
    }

    /** What is left of a / b, with the sign of {@code b}. */
    public static float remainder(float a, float b) {
        return (float) (a - Math.floor((double) a / b) * b);
    }

    /** The same of whole numbers. */
    public static long remainder(long a, long b) {
        return Math.floorMod(a, b);
    }

    /** How many of the rising {@code boundaries} are at most the value. */
    public static int bucket(float value, float[] boundaries) {
        int n = 0;
        while (n < boundaries.length && boundaries[n] <= value) {
            n++;
        }
        return n;
    }

    /** An id below {@code buckets}: FNV-1a over the text's UTF-16 code units. */
    public static int hash(String text, int buckets) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash ^= hash >>> 32; // the low bits alone repeat soon
        return (int) Long.remainderUnsigned(hash, buckets);
    }

    /** The same of a number. */
    public static int hash(float value, int buckets) {
        return hash(text(value), buckets);
    }

    /** A number as text; a whole one without a point. */
    public static String text(float value) {
        return value == Math.rint(value) && Math.abs(value) < 1e7 ? Long.toString((long) value) : Float.toString(value);
    }

    /** Joins arrays by taking {@code blocks[k]} elements of array k in turn, until they end. */
    public static float[] join(int[] blocks, float[]... arrays) {
        int n = 0;
        for (float[] array : arrays) {
            n += array.length;
        }
        var joined = new float[n];
        int at = 0;
        for (int turn = 0; at < n; turn++) {
            for (int k = 0; k < arrays.length; k++) {
                System.arraycopy(arrays[k], turn * blocks[k], joined, at, blocks[k]);
                at += blocks[k];
            }
        }
        return joined;
    }

    /** Orders texts by their code points. */
    static int compareCodePoints(String a, String b) {
        int n = Math.min(a.length(), b.length());
        for (int i = 0; i < n; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean surrogates = Character.isSurrogate(x) != Character.isSurrogate(y);
                return surrogates ? (Character.isSurrogate(x) ? 1 : -1) : Character.compare(x, y);
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
