package dev.nnd.benchmarks.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.nnd.benchmarks.Contender;
import dev.nnd.benchmarks.Release;
import dev.nnd.benchmarks.Session;
import dev.nnd.benchmarks.Task;

/** The contender: predictions only. */
public final class OnnxRuntime implements Contender {

    @Override
    public String version() {
        return Release.of("onnxruntime");
    }

    @Override
    public Session open(Task task) throws OrtException, NotThere {
        return switch (task.network()) {
            case MLP, RESNET50, BERT_BASE -> new OnnxSession(task, session(task));
            case GPT2 -> new OnnxDecoding(session(task));
            case MNIST, LENET, CATS, SENTIMENT, BERT_MINI -> throw new NotThere("no training");
        };
    }

    private static OrtSession session(Task task) throws OrtException {
        try (var options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setIntraOpNumThreads(task.threads());
            options.setInterOpNumThreads(1);
            return OrtEnvironment.getEnvironment().createSession(task.onnx().toString(), options);
        }
    }
}
