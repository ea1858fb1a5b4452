package dev.nnd.compiler.cli;

import dev.nnd.compiler.emit.training.Drawing;
import dev.nnd.runtime.kernel.Provider;
import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.random.RandomNumbers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;

/** What a trained generator draws: the same seed gives it the same random numbers. */
final class Pictures {

    private Pictures() {}

    /** Draws that many pictures with the weights of a file, and writes them as a grid. */
    static void draw(
            TrainSection section, Drawing drawing, Path weights, int count, long seed, Provider provider, Path to) {
        try (var model = LoadedModel.load(section, drawing, count, weights, provider)) {
            List<MemorySegment> inputs = model.inputSegments();
            for (int i = 0; i < inputs.size(); i++) {
                switch (drawing.inputs().get(i)) {
                    case Drawing.Noise noise -> fill(inputs.get(i), noise, seed, i);
                    case Drawing.EachClass labels -> fill(inputs.get(i), labels.classes());
                }
            }
            model.run();
            new PictureGrid(model.output(), count, drawing.channels(), drawing.height(), drawing.width()).write(to);
        }
    }

    private static void fill(MemorySegment input, Drawing.Noise noise, long seed, int stream) {
        long n = input.byteSize() / Float.BYTES;
        if (noise.normal()) {
            RandomNumbers.normal(ElementType.F32, input.address(), 0, n, seed, 0, stream);
        } else {
            RandomNumbers.uniform(ElementType.F32, input.address(), 0, n, seed, 0, stream);
        }
        for (long i = 0; i < n; i++) {
            float v = input.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            input.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (v * noise.factor() + noise.offset()));
        }
    }

    private static void fill(MemorySegment labels, int classes) {
        for (long i = 0; i < labels.byteSize() / Integer.BYTES; i++) {
            labels.setAtIndex(ValueLayout.JAVA_INT, i, (int) (i % classes));
        }
    }
}
