package dev.nnd.benchmarks.onnxruntime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.nnd.benchmarks.Batch;
import dev.nnd.benchmarks.Session;
import dev.nnd.benchmarks.Task;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/** Predictions with inputs and outputs in direct buffers that live as long as the session, so that nothing is copied twice. */
final class OnnxSession implements Session {

    private final OrtSession session;
    private final Map<String, ByteBuffer> inputs = new LinkedHashMap<>();
    private final Map<String, ByteBuffer> outputs = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> inputTensors = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> outputTensors = new LinkedHashMap<>();
    private final float[] first;

    OnnxSession(Task task, OrtSession session) throws OrtException {
        this.session = session;
        long[] free = {task.batch(), task.network().exampleElements()};
        for (var input : session.getInputInfo().entrySet()) {
            inputTensors.put(input.getKey(), tensor(input.getKey(), input.getValue(), free, inputs));
        }
        for (var output : session.getOutputInfo().entrySet()) {
            outputTensors.put(output.getKey(), tensor(output.getKey(), output.getValue(), free, outputs));
        }
        first = new float[outputs.values().iterator().next().capacity() / Float.BYTES];
    }

    /** The free dims of a model are the batch and, behind it, the length of a text. */
    private static OnnxTensor tensor(String name, NodeInfo info, long[] free, Map<String, ByteBuffer> buffers)
            throws OrtException {
        var type = (TensorInfo) info.getInfo();
        long[] shape = type.getShape();
        int elements = 1;
        int next = 0;
        for (int i = 0; i < shape.length; i++) {
            shape[i] = shape[i] < 0 ? free[next++] : shape[i];
            elements *= (int) shape[i];
        }
        int size = type.type == OnnxJavaType.BOOL ? 1 : 4;
        ByteBuffer buffer = ByteBuffer.allocateDirect(elements * size).order(ByteOrder.nativeOrder());
        buffers.put(name, buffer);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        return OnnxTensor.createTensor(environment, buffer, shape, type.type);
    }

    private void fill(Batch batch) {
        inputs.forEach((name, buffer) -> {
            switch (name) {
                case "image" -> buffer.asFloatBuffer().put(batch.numbers());
                case "tokens" -> buffer.asIntBuffer().put(batch.tokens());
                case "segments" -> buffer.asIntBuffer().put(batch.segments());
                case "mask" -> {
                    for (int i = 0; i < batch.mask().length; i++) {
                        buffer.put(i, (byte) (batch.mask()[i] ? 1 : 0));
                    }
                }
                default -> throw new IllegalArgumentException("no batch has " + name);
            }
        });
    }

    @Override
    public double step(Batch batch) throws OrtException {
        fill(batch);
        try (OrtSession.Result _ = session.run(inputTensors, outputTensors)) {
            outputs.values().iterator().next().asFloatBuffer().get(first);
            return first[0];
        }
    }

    @Override
    public float[] outputs() {
        int count = outputs.values().stream()
                .mapToInt(b -> b.capacity() / Float.BYTES)
                .sum();
        var all = new float[count];
        int at = 0;
        for (ByteBuffer buffer : outputs.values()) {
            int length = buffer.capacity() / Float.BYTES;
            buffer.asFloatBuffer().get(all, at, length);
            at += length;
        }
        return all;
    }

    @Override
    public void close() {
        inputTensors.values().forEach(OnnxTensor::close);
        outputTensors.values().forEach(OnnxTensor::close);
        try {
            session.close();
        } catch (OrtException failed) {
            throw new IllegalStateException("the session does not close", failed);
        }
    }
}
