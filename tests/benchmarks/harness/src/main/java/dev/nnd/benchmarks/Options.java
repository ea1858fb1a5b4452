package dev.nnd.benchmarks;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a run is asked for on the command line.
 *
 * @param only words that name workloads or compilations; empty for all
 * @param libraries whom to measure
 * @param threads the numbers of threads
 * @param repetitions of each measurement
 * @param fresh whether earlier results are put aside, else they are completed
 * @param reportOnly whether to measure nothing
 * @param note a remark on the conditions, which goes into the report
 * @param home the folder of the benchmarks
 */
record Options(
        List<String> only,
        Set<Library> libraries,
        List<Integer> threads,
        int repetitions,
        boolean fresh,
        boolean reportOnly,
        String note,
        Path home) {

    static final String USAGE = """
            run [--only T1,I1b64,...] [--peers torch,djl,tf,ort,dl4j,nnd-bf16,nnd-java|none] [--threads 1,2] [--repeat 3] [--fresh] [--report] [--note TEXT]
              --only     workloads T1 T2 T3 T4 T5 I1 I2 I3 I4 C1, or one batch size: T2b4; default: all
              --peers    whom to measure beside nnd; default: all
              --threads  default: 1,2
              --repeat   how often each is measured, each time in a new process; default: 3
              --fresh    begins anew; else a run goes on where the last one was interrupted
              --report   writes the report of what has been measured
              --note     a remark on the conditions for the report
            """;

    /** Reads the command line; the first word is the folder of the benchmarks. */
    static Options of(String... words) {
        var options =
                new Options(List.of(), Set.of(Library.values()), List.of(1, 2), 3, false, false, "", Path.of(words[0]));
        var rest = new ArrayDeque<>(Arrays.asList(words).subList(1, words.length));
        while (!rest.isEmpty()) {
            String word = rest.pop();
            options = switch (word) {
                case "--fresh" -> options.with(true, options.reportOnly);
                case "--report" -> options.with(options.fresh, true);
                case "--only", "--peers", "--threads", "--repeat", "--note" -> {
                    if (rest.isEmpty()) {
                        throw new IllegalArgumentException(word + " needs a value");
                    }
                    yield options.with(word, rest.pop());
                }
                default -> throw new IllegalArgumentException("there is no option " + word);
            };
        }
        return options;
    }

    private Options with(boolean newFresh, boolean newReportOnly) {
        return new Options(only, libraries, threads, repetitions, newFresh, newReportOnly, note, home);
    }

    private Options with(String option, String value) {
        return switch (option) {
            case "--only" ->
                new Options(workloads(value), libraries, threads, repetitions, fresh, reportOnly, note, home);
            case "--peers" -> new Options(only, peers(value), threads, repetitions, fresh, reportOnly, note, home);
            case "--threads" ->
                new Options(
                        only,
                        libraries,
                        words(value).stream().map(Options::positive).toList(),
                        repetitions,
                        fresh,
                        reportOnly,
                        note,
                        home);
            case "--repeat" -> new Options(only, libraries, threads, positive(value), fresh, reportOnly, note, home);
            case "--note" -> new Options(only, libraries, threads, repetitions, fresh, reportOnly, value, home);
            default -> throw new IllegalArgumentException("there is no option " + option);
        };
    }

    private static int positive(String word) {
        if (!word.matches("[1-9][0-9]{0,3}")) {
            throw new IllegalArgumentException(word + " is no number of at least 1");
        }
        return Integer.parseInt(word);
    }

    private static List<String> words(String value) {
        return List.of(value.split(",", -1));
    }

    private static List<String> workloads(String value) {
        for (String word : words(value)) {
            if (Arrays.stream(Workload.values()).noneMatch(workload -> workload.matches(word))
                    && Arrays.stream(Compilation.values()).noneMatch(compilation -> compilation.matches(word))) {
                throw new IllegalArgumentException("there is no workload " + word);
            }
        }
        return words(value);
    }

    private static Set<Library> peers(String value) {
        var chosen = new LinkedHashSet<Library>();
        chosen.add(Library.NND);
        if (!value.equals("none")) {
            words(value).forEach(word -> chosen.add(Library.of(word)));
        }
        return chosen;
    }

    boolean wants(Workload workload) {
        return only.isEmpty() || only.stream().anyMatch(workload::matches);
    }

    boolean wants(Compilation compilation) {
        return only.isEmpty() || only.stream().anyMatch(compilation::matches);
    }
}
