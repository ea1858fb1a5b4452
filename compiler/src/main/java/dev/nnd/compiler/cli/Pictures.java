package dev.nnd.compiler.cli;

import dev.nnd.compiler.emit.training.Drawing;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.random.RandomNumbers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;

/** What a trained generator draws: the same seed gives it the same random numbers. */
final class Pictures {

    /** So many at once, so that many need no more memory than the pictures themselves. */
    private static final int PART = 64;

    private Pictures() {}

    /** Draws that many pictures with the weights of a file, and writes them as a grid. */
    static void draw(
            TrainSection section, Drawing drawing, Path weights, int count, long seed, Provider provider, Path to) {
        PictureGrid.requireSize(count, drawing.height(), drawing.width());
        int part = Math.min(count, PART);
        try (var model = LoadedModel.load(section, drawing, part, weights, provider);
                var arena = Arena.ofConfined()) {
            long bytes = model.output().byteSize() / part;
            var pixels = arena.allocate(bytes * count, Float.BYTES);
            for (int done = 0; done < count; done += part) {
                fill(model.inputSegments(), drawing.inputs(), part, seed, done);
                model.run();
                long now = bytes * Math.min(part, count - done);
                MemorySegment.copy(model.output(), 0, pixels, bytes * done, now);
            }
            new PictureGrid(pixels, count, drawing.channels(), drawing.height(), drawing.width()).write(to);
        }
    }

    private static void fill(List<MemorySegment> inputs, List<Drawing.Feed> kinds, int part, long seed, int done) {
        for (int i = 0; i < inputs.size(); i++) {
            switch (kinds.get(i)) {
                case Drawing.Noise noise -> fill(inputs.get(i), noise, part, seed, i, done);
                case Drawing.EachClass labels -> fill(inputs.get(i), labels.classes(), done);
            }
        }
    }

    /** The same numbers, however many pictures are made at once. */
    private static void fill(MemorySegment input, Drawing.Noise noise, int part, long seed, int stream, int done) {
        long n = input.byteSize() / Float.BYTES;
        long from = n / part * done;
        long start = input.address() - from * Float.BYTES;
        if (noise.normal()) {
            RandomNumbers.normal(ElementType.F32, start, from, from + n, seed, 0, stream);
        } else {
            RandomNumbers.uniform(ElementType.F32, start, from, from + n, seed, 0, stream);
        }
        for (long i = 0; i < n; i++) {
            float v = input.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            input.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (v * noise.factor() + noise.offset()));
        }
    }

    private static void fill(MemorySegment labels, int classes, int done) {
        for (long i = 0; i < labels.byteSize() / Integer.BYTES; i++) {
            labels.setAtIndex(ValueLayout.JAVA_INT, i, (int) ((done + i) % classes));
        }
    }
}
