package dev.nnd.runtime.data.parquet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads ranges of a file. */
record Input(FileChannel channel, long size) {
    byte[] read(long from, int length) {
        if (from < 0 || length < 0 || from > size - length) {
            throw ParquetException.damaged("it refers to bytes behind the end of the file");
        }
        var into = ByteBuffer.allocate(length);
        try {
            while (into.hasRemaining()) {
                if (channel.read(into, from + into.position()) < 0) {
                    throw ParquetException.damaged("the file became shorter while it was read");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return into.array();
    }
}
