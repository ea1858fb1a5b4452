package dev.nnd.benchmarks;

import java.nio.file.Path;
import java.util.ServiceLoader;

/** The process of one start: {@code FirstPrediction FOLDER [end]} loads the weights, predicts once and is gone. */
public final class FirstPrediction {

    /** What the line with the result begins with. */
    static final String MARK = "@predicted ";

    private FirstPrediction() {}

    public static void main(String[] arguments) throws Exception {
        Contender contender = ServiceLoader.load(Contender.class).findFirst().orElseThrow();
        Session session = contender.open(new Task(Start.WORKLOAD, 1, Path.of(arguments[0])));
        double first = session.step(Batch.of(Start.WORKLOAD, 0));
        System.out.println(MARK + first);
        System.out.flush();
        // A cache of classes is written at an orderly end; what a library does at its end is no part of a start.
        if (arguments.length == 1) {
            Runtime.getRuntime().halt(0);
        }
    }
}
