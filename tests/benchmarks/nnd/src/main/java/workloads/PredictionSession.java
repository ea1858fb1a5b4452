package workloads;

import dev.nnd.benchmarks.Batch;
import dev.nnd.benchmarks.Session;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** A bound model: inputs are copied in, the first output is copied out. */
final class PredictionSession implements Session {

    private static final List<String> TEXT = List.of("tokens", "segments", "mask");

    private final Runnable prediction;
    private final List<MemorySegment> inputs;
    private final List<MemorySegment> outputs;
    private final long plannedBytes;
    private final List<Runnable> ends;
    private final float[] first;

    /** {@code ends} are run in their order when the session is closed. */
    PredictionSession(
            Runnable prediction,
            List<MemorySegment> inputs,
            List<MemorySegment> outputs,
            long plannedBytes,
            List<Runnable> ends) {
        this.prediction = prediction;
        this.inputs = inputs;
        this.outputs = outputs;
        this.plannedBytes = plannedBytes;
        this.ends = ends;
        first = new float[Math.toIntExact(outputs.getFirst().byteSize() / Float.BYTES)];
    }

    @Override
    public double step(Batch batch) {
        if (inputs.size() == 1) {
            Inputs.copy(batch, "image", inputs.getFirst());
        } else {
            for (int i = 0; i < inputs.size(); i++) {
                Inputs.copy(batch, TEXT.get(i), inputs.get(i));
            }
        }
        prediction.run();
        MemorySegment.copy(outputs.getFirst(), ValueLayout.JAVA_FLOAT, 0, first, 0, first.length);
        return first[0];
    }

    @Override
    public float[] outputs() {
        long count = outputs.stream().mapToLong(o -> o.byteSize() / Float.BYTES).sum();
        var all = new float[Math.toIntExact(count)];
        int at = 0;
        for (MemorySegment output : outputs) {
            int length = (int) (output.byteSize() / Float.BYTES);
            MemorySegment.copy(output, ValueLayout.JAVA_FLOAT, 0, all, at, length);
            at += length;
        }
        return all;
    }

    @Override
    public long plannedBytes() {
        return plannedBytes;
    }

    @Override
    public void close() {
        ends.forEach(Runnable::run);
    }
}
