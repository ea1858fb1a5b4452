package dev.nnd.runtime.data;

/** A kind of data file. */
public enum Format {
    /** The format of MNIST: a file of images and a file of labels, each with a header, plain or gzipped. */
    IDX,
    /** The binary format of CIFAR-10: records of one label byte and 3072 pixel bytes, channel first. */
    CIFAR,
    /** A table with a header line: comma, tab, semicolon or bar between the fields, plain or gzipped. */
    CSV,
    /** A JSON object in each line, plain or gzipped. */
    JSONL,
    /** NumPy arrays, one in each file. */
    NPY,
    /** Archives of named NumPy arrays. */
    NPZ,
    /** Parquet files: tables in columns. */
    PARQUET,
    /** Pictures, one in each file; the label is the name of a folder. */
    IMAGES,
    /** Plain text, cut into windows of tokens. */
    TEXT
}
