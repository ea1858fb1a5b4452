/**
 * In: Parquet files, which may be damaged or hostile. Out: the values of their columns, row by row, in bounded memory.
 * Must not know: fields, rows of other formats. Start here: {@link dev.nnd.runtime.data.parquet.ParquetFile}.
 */
@NullMarked
package dev.nnd.runtime.data.parquet;

import org.jspecify.annotations.NullMarked;
