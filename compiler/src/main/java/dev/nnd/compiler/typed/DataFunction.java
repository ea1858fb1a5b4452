package dev.nnd.compiler.typed;

import java.util.Locale;

/** The functions of data that are no primitives of a model. What stands in parentheses are their options. */
public enum DataFunction {
    /** (condition, a, b). */
    SELECT,
    /** (dtype). */
    CAST,
    /** What is left of a division by the second operand, with the sign of the second. */
    REMAINDER,
    /** Between two numbers (low, high). */
    CLIP,
    /** To 0 at the least and 1 at the largest value of the training split. */
    MIN_MAX,
    /** Missing values (strategy: mean, median, most_frequent or constant; value). */
    IMPUTE,
    /** The number of boundaries that are at most the value (boundaries). */
    BUCKETIZE,
    /** An id from 0 to below buckets, the same on every machine (buckets). */
    HASH,
    /** An id for each value of the training split, 0 for a value that is not in it (vocab). */
    CATEGORIES,
    /** 1 at the place of the value (values, or depth). */
    ONE_HOT,
    /** 1 at the places of several values (values, separator). */
    MULTI_HOT,
    /** Text. */
    LOWERCASE,
    /** Text. */
    UPPERCASE,
    /** Text without white space at its ends. */
    STRIP,
    /** Ids of words, 0 is padding and 1 an unknown one (vocab, length, min_count, and pad and cut: "start" or "end"). */
    WORDS,
    /** Ids of characters in the order of their code points (vocab, length, pad, cut). */
    CHARACTERS,
    /** Ids by a WordPiece vocabulary (file, length, vocab). */
    WORDPIECE,
    /** Ids by byte-pair encoding (file of merges, length, vocab); without a file it is learned. */
    BPE,
    /** Ids by a tokenizer file (file, length, vocab). */
    TOKENIZER,
    /** Examples cut from a text (length, shift, stride). */
    WINDOW,
    /** A part of a date: (format). */
    YEAR,
    MONTH,
    DAY,
    WEEKDAY,
    HOUR,
    MINUTE,
    /** Seconds since 1970 (format). */
    TIMESTAMP,
    /** One number everywhere (value). */
    FILL,
    /** One after another along the first axis. */
    CONCAT,
    /** The same elements in the dims of the type. */
    RESHAPE,
    /** To (height, width), bilinear. */
    RESIZE,
    /** The middle (height, width). */
    CENTER_CROP,
    /** A part (top, left, height, width). */
    CROP,
    /** A border of zeros (size). */
    PAD,
    /** One channel, 0.299 R + 0.587 G + 0.114 B. */
    GRAYSCALE;

    /** The name in the language: {@code center_crop}. */
    public String text() {
        return this == FILL ? "zeros" : name().toLowerCase(Locale.ROOT);
    }
}
