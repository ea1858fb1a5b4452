package dev.nnd.runtime.generate;

import dev.nnd.runtime.program.Program;
import java.lang.foreign.MemorySegment;

/**
 * The program of a few tokens more, for some rows: generated classes implement it. It reads and writes the caches that it
 * was bound with.
 */
public interface DecoderStep extends Program {

    /** To fill: the tokens, i32 or i64 [rows, tokens]; behind the last of a row anything. */
    MemorySegment tokens();

    /** To fill: the position of the first token of each row, i32 [rows]. */
    MemorySegment start();

    /** To fill: the index of the last token of each row, i32 [rows]. */
    MemorySegment last();

    /** To read: the scores behind the last token of each row, f32 or f64 [rows, vocabulary]. */
    MemorySegment scores();
}
