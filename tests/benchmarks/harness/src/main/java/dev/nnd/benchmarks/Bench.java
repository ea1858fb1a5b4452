package dev.nnd.benchmarks;

import dev.nnd.benchmarks.Options.Flag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Measures all contenders in turn, each measurement in a process of its own, and reports. */
public final class Bench {

    private static final String MACHINE = "workloads.MeasureMachine";
    private static final List<Workload> PROFILED = List.of(Workload.T3, Workload.T5);
    private static final double COMPILATION_SECONDS = 1.5;
    private static final double START_SECONDS = 5;
    private static final double MACHINE_SECONDS = 15;
    private static final double KERNELS_SECONDS = 60;
    private static final double PROFILE_SECONDS = 25;
    private static final double COUNT_SECONDS = 6;

    private final Options options;
    private final Results results;
    private final Schedule schedule;
    private final Durations durations;
    private final Processes processes;
    private final Prepared prepared;
    private final Figures figures;
    private final Kernels kernels;
    private final Machine machine;
    private final long begin = System.nanoTime();
    private int leftOut;

    private Bench(Options options) throws IOException {
        this.options = options;
        boolean planned = options.has(Flag.PLAN);
        boolean fresh = options.has(Flag.FRESH) && !planned;
        String name = options.has(Flag.QUICK) ? "quick-" : "";
        Path target = options.home().resolve("target");
        machine = Machine.here();
        Path file = target.resolve(name + "measurements.jsonl");
        var known = new Results(file, fresh);
        // A plan for a fresh start knows how long processes took, but not their answers.
        results = planned && options.has(Flag.FRESH) ? Results.none(file) : known;
        schedule = new Schedule(options, results);
        durations = new Durations(known);
        processes = new Processes(options.home(), machine.avx512());
        prepared = new Prepared(options.home(), processes, fresh);
        figures = new Figures(target.resolve(name + "figures.json"), fresh);
        kernels = new Kernels(target.resolve(name + "kernels.json"), processes, fresh);
    }

    public static void main(String[] arguments) throws IOException {
        Options options;
        try {
            options = Options.of(arguments);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.err.print(Options.USAGE);
            System.exit(2);
            return;
        }
        if (options.has(Flag.HELP)) {
            System.out.print(Options.USAGE);
            return;
        }
        var bench = new Bench(options);
        if (options.has(Flag.PLAN)) {
            bench.plan();
            return;
        }
        if (!options.has(Flag.REPORT)) {
            bench.measure();
        }
        bench.report();
    }

    private void plan() {
        double all = MACHINE_SECONDS + (options.wantsKernels() ? KERNELS_SECONDS : 0);
        all += options.has(Flag.PROFILES) ? PROFILE_SECONDS * PROFILED.size() : 0;
        for (Workload workload : Workload.values()) {
            all += options.wants(workload) && (options.has(Flag.FRESH) || !figures.has(Work.flops(workload)))
                    ? COUNT_SECONDS
                    : 0;
        }
        System.out.printf("%-12s %6.1f minutes%n", "machine etc.", all / 60);
        for (int repetition = 0; repetition < options.repetitions(); repetition++) {
            double seconds = 0;
            int count = 0;
            for (Compilation compilation : Compilation.values()) {
                boolean known = results.has(compilation.id(), Library.NND.id(), 1, repetition);
                seconds += options.wants(compilation) && !known ? COMPILATION_SECONDS : 0;
            }
            for (Start start : Start.values()) {
                seconds += options.wants(start) && !known(start, repetition) ? START_SECONDS : 0;
            }
            for (Question question : schedule.of(repetition)) {
                if (schedule.worth(question)) {
                    seconds += durations.of(question, options.pace());
                    count++;
                }
            }
            System.out.printf("repetition %d %6.1f minutes, %d processes%n", repetition + 1, seconds / 60, count);
            all += seconds;
        }
        System.out.printf("%-12s %6.1f minutes at most on an idle machine%n", "all", all / 60);
        if (options.more() > 0) {
            System.out.printf(
                    "and rows whose ratios differ by more than a tenth then, up to %d times more%n", options.more());
        }
    }

    private boolean fits(double seconds) {
        boolean fits = (System.nanoTime() - begin) / 1e9 + seconds <= 60.0 * options.minutes();
        leftOut += fits ? 0 : 1;
        return fits;
    }

    private void measure() throws IOException {
        for (int repetition = 0; repetition < options.repetitions(); repetition++) {
            machine();
            compilations(repetition);
            starts(repetition);
            ask(schedule.of(repetition));
            if (repetition == 0) {
                besides();
            }
        }
        for (int more = 0; more < options.more(); more++) {
            ask(schedule.more(options.repetitions() + more));
        }
        if (options.has(Flag.PROFILES)) {
            var work = new Work(prepared, figures);
            for (Workload workload : PROFILED) {
                say(
                        "profile of " + workload.id(),
                        work.profile(workload, options.home().resolve("profiles")));
            }
        }
        if (leftOut > 0) {
            System.out.println(leftOut + " measurements were left out for want of time: the same command goes on");
        }
    }

    private void ask(List<Question> questions) throws IOException {
        for (Question question : questions) {
            if (schedule.worth(question) && fits(durations.of(question, options.pace()))) {
                Measurement result = answer(question);
                results.add(result);
                System.out.println(line(result));
            }
        }
    }

    /** What the machine can do, before each repetition. */
    private void machine() throws IOException {
        var output =
                processes.java(Library.NND, 2, MACHINE, List.of(options.pace().name()));
        var line = output.text().lines().filter(text -> text.startsWith("{")).findFirst();
        if (output.exitCode() == 0 && line.isPresent()) {
            figures.addRates(line.get());
        } else {
            say("the machine's ceiling", output.tail());
        }
    }

    /** Single kernels, and how much work a step is. */
    private void besides() throws IOException {
        if (options.wantsKernels() && fits(KERNELS_SECONDS)) {
            say("kernels", kernels.measure(options.pace()));
        }
        var work = new Work(prepared, figures);
        for (Workload workload : Workload.values()) {
            if (options.wants(workload)) {
                say("the work of " + workload.id(), work.count(workload));
            }
        }
    }

    private static void say(String what, String problem) {
        System.out.println(problem.isEmpty() ? what + ": done" : what + ": FAILED: " + problem);
    }

    private Measurement answer(Question question) throws IOException {
        Workload workload = question.workload();
        Library library = question.library();
        int threads = question.threads();
        if (!processes.built(library)) {
            return Measurement.without(
                            workload,
                            library,
                            threads,
                            Measurement.Status.FAILED,
                            "was not built: see the log of the build")
                    .at(question.repetition(), 0);
        }
        String failure = prepared.make(workload.network());
        if (!failure.isEmpty()) {
            return Measurement.without(workload, library, threads, Measurement.Status.NOT_THERE, failure)
                    .at(question.repetition(), 0);
        }
        Processes.Output output = processes.java(
                library,
                threads,
                Measure.class.getName(),
                List.of(
                        workload.id(),
                        library.id(),
                        Integer.toString(threads),
                        prepared.folder().toString(),
                        options.pace().name()));
        return output.text()
                .lines()
                .filter(text -> text.startsWith(Measure.MARK))
                .findFirst()
                .map(text -> results.read(text.substring(Measure.MARK.length())))
                .orElseGet(() -> Measurement.without(
                        workload,
                        library,
                        threads,
                        Measurement.Status.FAILED,
                        "exit code " + output.exitCode() + ": " + output.tail()))
                .at(question.repetition(), output.seconds());
    }

    private void compilations(int repetition) throws IOException {
        var compilations = new Compilations(options.home(), prepared);
        for (Compilation compilation : Compilation.values()) {
            if (options.wants(compilation)
                    && !results.has(compilation.id(), Library.NND.id(), 1, repetition)
                    && fits(COMPILATION_SECONDS)) {
                Measurement result = compilations.measure(compilation, repetition);
                results.add(result);
                System.out.println(line(result));
            }
        }
    }

    private void starts(int repetition) throws IOException {
        var starts = new Starts(processes, prepared);
        for (Start start : Start.values()) {
            if (options.wants(start) && !known(start, repetition) && fits(START_SECONDS)) {
                Measurement result = starts.measure(start, repetition);
                results.add(result);
                System.out.println(line(result));
            }
        }
    }

    private boolean known(Start start, int repetition) {
        return results.has(start.id(), start.library().id(), 1, repetition);
    }

    private static String line(Measurement m) {
        String question = "%-12s %-12s %d thread%s"
                .formatted(m.workload(), m.library(), m.threads(), m.threads() == 1 ? " " : "s");
        return switch (m.status()) {
            case MEASURED ->
                "%s  %10.3f ms  %6.0f MB resident  %8.0f heap bytes a step  %5.1f s %s"
                        .formatted(
                                question,
                                m.times().median(),
                                m.peakResidentBytes() / 1e6,
                                m.heapBytesPerStep(),
                                m.seconds(),
                                m.note());
            case NOT_THERE -> question + "  not there: " + m.note();
            case FAILED -> question + "  FAILED: " + m.note();
        };
    }

    private void report() throws IOException {
        String text = new Report(results.all(), machine, options.note(), figures, kernels.all()).text();
        System.out.println();
        System.out.println(text);
        boolean quick = options.has(Flag.QUICK);
        Files.writeString(options.home().resolve(quick ? "target/QUICK.md" : "RESULTS.md"), text);
    }
}
