package dev.nnd.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import tools.jackson.databind.json.JsonMapper;

/** The process of one measurement: {@code Measure WORKLOAD LIBRARY THREADS FOLDER PACE}. Its last line is the result. */
public final class Measure {

    /** What the line with the result begins with; libraries print what they like besides. */
    static final String MARK = "@measurement ";

    private Measure() {}

    public static void main(String[] arguments) throws Exception {
        Workload workload = Workload.of(arguments[0]);
        Library library = Library.of(arguments[1]);
        int threads = Integer.parseInt(arguments[2]);
        Measurement result;
        try {
            var task = new Task(workload, threads, Path.of(arguments[3]));
            result = run(task, library, Pace.valueOf(arguments[4]));
        } catch (Contender.NotThere missing) {
            result = Measurement.without(
                    workload, library, threads, Measurement.Status.NOT_THERE, String.valueOf(missing.getMessage()));
        }
        System.out.println(MARK + new JsonMapper().writeValueAsString(result));
        System.out.flush();
        // Some libraries leave threads behind.
        Runtime.getRuntime().halt(0);
    }

    private static Measurement run(Task task, Library library, Pace pace) throws Exception {
        Contender contender = ServiceLoader.load(Contender.class)
                .findFirst()
                .orElseThrow(() -> new Contender.NotThere("no contender on the class path"));
        try (Session session = contender.open(task)) {
            var watch = new Stopwatch(session, task.workload(), pace);
            double[] check = watch.check();
            Measurement.Times times = watch.measure(watch.warmUp());
            double heap = watch.heapBytesPerStep();
            if (!Double.isFinite(watch.sum())) {
                throw new IllegalStateException("a result is no number");
            }
            return new Measurement(
                    task.workload().id(),
                    library.id(),
                    task.threads(),
                    0,
                    Measurement.Status.MEASURED,
                    "",
                    contender.version(),
                    times,
                    heap,
                    peakResidentBytes(),
                    session.plannedBytes(),
                    0,
                    check);
        }
    }

    /** The most memory that this process ever had resident; 0 where the system doesn't say. */
    private static long peakResidentBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }
}
