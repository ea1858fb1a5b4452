package dev.nnd.benchmarks.onnxruntime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.nnd.benchmarks.Batch;
import dev.nnd.benchmarks.Network;
import dev.nnd.benchmarks.Session;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * GPT-2 small, a word at a time, by the decoder's step that nnd exports. Caches lie in two sets of buffers that are allocated once: a step reads
 * one and writes the other, which is the input of the next.
 */
final class OnnxDecoding implements Session {

    private static final String CACHE = "cache.";
    private static final String NEXT = ".next";
    private static final int PROMPT = Network.GPT2.exampleElements();
    private static final int ROOM = PROMPT + Network.CONTINUATION;

    private final OrtSession session;
    private final List<OnnxTensor> all = new ArrayList<>();
    private final List<Map<String, OnnxTensor>> caches = List.of(new LinkedHashMap<>(), new LinkedHashMap<>());
    private final IntBuffer prompt;
    private final OnnxTensor promptTensor;
    private final IntBuffer one;
    private final OnnxTensor oneTensor;
    private final IntBuffer start;
    private final OnnxTensor startTensor;
    private final IntBuffer last;
    private final OnnxTensor lastTensor;
    private final FloatBuffer scores;
    private final OnnxTensor scoresTensor;
    private final float[] known = new float[Network.GPT2.vocabulary()];
    private final float[] words = new float[Network.CONTINUATION];
    private int current;

    OnnxDecoding(OrtSession session) throws OrtException {
        this.session = session;
        ByteBuffer memory = memory(PROMPT);
        prompt = memory.asIntBuffer();
        promptTensor = tensor(memory, OnnxJavaType.INT32, 1, PROMPT);
        memory = memory(1);
        one = memory.asIntBuffer();
        oneTensor = tensor(memory, OnnxJavaType.INT32, 1, 1);
        memory = memory(1);
        start = memory.asIntBuffer();
        startTensor = tensor(memory, OnnxJavaType.INT32, 1);
        memory = memory(1);
        last = memory.asIntBuffer();
        lastTensor = tensor(memory, OnnxJavaType.INT32, 1);
        memory = memory(known.length);
        scores = memory.asFloatBuffer();
        scoresTensor = tensor(memory, OnnxJavaType.FLOAT, 1, known.length);
        for (NodeInfo input : session.getInputInfo().values()) {
            if (input.getName().startsWith(CACHE)) {
                for (Map<String, OnnxTensor> set : caches) {
                    set.put(input.getName(), cache((TensorInfo) input.getInfo()));
                }
            }
        }
    }

    /** The first free dim is the batch, the other the room for positions. */
    private OnnxTensor cache(TensorInfo type) throws OrtException {
        long[] shape = type.getShape();
        int elements = 1;
        boolean batch = true;
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] < 0) {
                shape[i] = batch ? 1 : ROOM;
                batch = false;
            }
            elements *= (int) shape[i];
        }
        return tensor(memory(elements), OnnxJavaType.FLOAT, shape);
    }

    private static ByteBuffer memory(int elements) {
        return ByteBuffer.allocateDirect(elements * Float.BYTES).order(ByteOrder.nativeOrder());
    }

    private OnnxTensor tensor(ByteBuffer memory, OnnxJavaType type, long... shape) throws OrtException {
        OnnxTensor made = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), memory, shape, type);
        all.add(made);
        return made;
    }

    @Override
    public double step(Batch batch) throws OrtException {
        prompt.put(0, batch.tokens());
        int word = next(promptTensor, 0, PROMPT);
        words[0] = word;
        for (int i = 1; i < words.length; i++) {
            one.put(0, word);
            word = next(oneTensor, PROMPT + i - 1, 1);
            words[i] = word;
        }
        return word;
    }

    /** The likeliest word behind {@code count} more. */
    private int next(OnnxTensor tokens, int from, int count) throws OrtException {
        start.put(0, from);
        last.put(0, count - 1);
        var inputs = new LinkedHashMap<>(caches.get(current));
        inputs.put("tokens", tokens);
        inputs.put("start", startTensor);
        inputs.put("last", lastTensor);
        current = 1 - current;
        var outputs = new LinkedHashMap<String, OnnxTensor>();
        outputs.put("scores", scoresTensor);
        caches.get(current).forEach((name, cache) -> outputs.put(name + NEXT, cache));
        try (OrtSession.Result _ = session.run(inputs, outputs)) {
            scores.get(0, known);
        }
        int best = 0;
        for (int i = 1; i < known.length; i++) {
            if (known[i] > known[best]) {
                best = i;
            }
        }
        return best;
    }

    @Override
    public float[] outputs() {
        return words.clone();
    }

    @Override
    public void close() {
        all.forEach(OnnxTensor::close);
        try {
            session.close();
        } catch (OrtException failed) {
            throw new IllegalStateException("the session does not close", failed);
        }
    }
}
