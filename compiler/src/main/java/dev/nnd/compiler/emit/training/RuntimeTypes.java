package dev.nnd.compiler.emit.training;

import com.palantir.javapoet.ClassName;

/** The runtime's classes that generated training classes refer to. */
final class RuntimeTypes {

    private static final String TRAIN = "dev.nnd.runtime.train";

    static final ClassName TRAINING_PROGRAM = ClassName.get(TRAIN, "TrainingProgram");
    static final ClassName TRAINING_FACTORY = ClassName.get(TRAIN, "TrainingFactory");
    static final ClassName TRAIN_STEP = ClassName.get(TRAIN, "TrainStep");
    static final ClassName EVAL_STEP = ClassName.get(TRAIN, "EvalStep");
    static final ClassName RUN_SETTINGS = ClassName.get(TRAIN, "RunSettings");
    static final ClassName PREDICTED = ClassName.get(TRAIN, "Predicted");
    static final ClassName RUN_LENGTH = ClassName.get(TRAIN, "RunLength");
    static final ClassName SCHEDULE = ClassName.get(TRAIN, "Schedule");
    static final ClassName DURATION = ClassName.get(TRAIN, "Duration");
    static final ClassName GRADIENT_CLIPPING = ClassName.get(TRAIN, "GradientClipping");
    static final ClassName STREAMING_METRIC = ClassName.get("dev.nnd.runtime.metric", "StreamingMetric");
    static final ClassName PRETRAINED = ClassName.get(TRAIN, "Pretrained");
    static final ClassName TRAINER = ClassName.get(TRAIN, "Trainer");
    static final ClassName TRAINING_RUN = ClassName.get(TRAIN, "TrainingRun");
    static final ClassName TRAINING_OPTIONS = ClassName.get(TRAIN, "TrainingOptions");
    static final ClassName RUN_DIRECTORY = ClassName.get(TRAIN, "RunDirectory");
    static final ClassName PROGRESS_LISTENER = ClassName.get(TRAIN, "ProgressListener");
    static final ClassName DATASET = ClassName.get("dev.nnd.runtime.data", "Dataset");
    static final ClassName PRECISION = ClassName.get("dev.nnd.runtime.kernel", "Precision");
    static final ClassName PROVIDER = ClassName.get("dev.nnd.runtime.kernel", "Provider");
    static final ClassName SHARED_LOOP = ClassName.get("dev.nnd.runtime.kernel", "SharedLoop");
    static final ClassName PARAMETER_SET = ClassName.get("dev.nnd.runtime.program", "ParameterSet");
    static final ClassName NND_EXCEPTION = ClassName.get("dev.nnd.runtime", "NndException");

    private RuntimeTypes() {}
}
