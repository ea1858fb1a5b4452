package dev.nnd.benchmarks;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a run is asked for on the command line.
 *
 * @param only words that name workloads, compilations or the kernels; empty for all
 * @param libraries whom to measure
 * @param threads the numbers of threads
 * @param repetitions of each measurement
 * @param more repetitions at most of rows that are not settled then
 * @param minutes after which nothing more is begun
 * @param flags words without a value
 * @param note a remark on the conditions, which goes into the report
 * @param home the folder of the benchmarks
 */
record Options(
        List<String> only,
        Set<Library> libraries,
        List<Integer> threads,
        int repetitions,
        int more,
        int minutes,
        Set<Flag> flags,
        String note,
        Path home) {

    /** The generated kernels one by one, beside workloads and compilations. */
    static final String KERNELS = "K";

    /** An option without a value. */
    enum Flag {
        FRESH,
        REPORT,
        PLAN,
        QUICK,
        PROFILES,
        HELP;

        private String word() {
            return "--" + name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private static final int NO_LIMIT = 10_000;
    private static final int REPETITIONS = 3;
    private static final int MORE = 2;

    static final String USAGE = """
            run [--only T1,I1b64,...] [--peers torch,djl,tf,ort,dl4j,nnd-bf16,nnd-int8,nnd-java|none] [--threads 1,2] [--repeat 3] [--more 2]
                [--minutes N] [--profiles] [--plan] [--quick] [--fresh] [--report] [--note TEXT]
              --only      workloads T1 T2 T3 T4 T5 I1 I2 I3 I4 C1 S1, or one batch size: T2b4; K for single kernels; default: all
              --peers     whom to measure beside nnd; default: all
              --threads   default: 1,2
              --repeat    how often nnd and the peers that can be the fastest are measured, each time in a new process; default: 3.
                          dl4j, nnd-bf16, nnd-int8, nnd-java, and peers 1.5 times slower than the fastest one in the first repetition are measured once
              --more      how often at most a row is measured beyond that, while its ratios to the fastest peer differ by more than a tenth; 0 for never; default: 2
              --minutes   begins no measurement that would end later; the same command goes on
              --profiles  writes profiles/T3.md and T5.md, with pictures, at the end
              --plan      prints how many minutes what is left would take, and measures nothing
              --quick     a few steps each, to see that all works: the numbers are worth nothing, and go into no report
              --fresh     begins anew; else a run goes on where the last one was interrupted
              --report    writes the report of what has been measured
              --note      a remark on the conditions for the report
            """;

    /** Reads the command line; the first word is the folder of the benchmarks. */
    static Options of(String... words) {
        var options = new Options(
                List.of(),
                Set.of(Library.values()),
                List.of(1, 2),
                REPETITIONS,
                MORE,
                NO_LIMIT,
                EnumSet.noneOf(Flag.class),
                "",
                Path.of(words[0]));
        var rest = new ArrayDeque<>(Arrays.asList(words).subList(1, words.length));
        while (!rest.isEmpty()) {
            String word = rest.pop();
            var flag = Arrays.stream(Flag.values())
                    .filter(f -> f.word().equals(word))
                    .findFirst();
            if (flag.isPresent()) {
                options.flags.add(flag.get());
            } else {
                options = options.with(word, rest);
            }
        }
        return options;
    }

    private Options with(String option, ArrayDeque<String> rest) {
        if (!List.of("--only", "--peers", "--threads", "--repeat", "--more", "--minutes", "--note")
                .contains(option)) {
            throw new IllegalArgumentException("there is no option " + option);
        }
        if (rest.isEmpty()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return with(option, rest.pop());
    }

    private Options with(String option, String value) {
        boolean only = option.equals("--only");
        boolean peers = option.equals("--peers");
        boolean threads = option.equals("--threads");
        boolean repeat = option.equals("--repeat");
        boolean more = option.equals("--more");
        boolean minutes = option.equals("--minutes");
        boolean note = option.equals("--note");
        return new Options(
                only ? workloads(value) : this.only,
                peers ? peers(value) : libraries,
                threads ? words(value).stream().map(Options::positive).toList() : this.threads,
                repeat ? positive(value) : repetitions,
                !more ? this.more : value.equals("0") ? 0 : positive(value),
                minutes ? positive(value) : this.minutes,
                flags,
                note ? value : this.note,
                home);
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
            if (!word.equalsIgnoreCase(KERNELS)
                    && Arrays.stream(Workload.values()).noneMatch(workload -> workload.matches(word))
                    && Arrays.stream(Start.values()).noneMatch(start -> start.matches(word))
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

    boolean has(Flag flag) {
        return flags.contains(flag);
    }

    Pace pace() {
        return has(Flag.QUICK) ? Pace.QUICK : Pace.FULL;
    }

    boolean wants(Workload workload) {
        return only.isEmpty() || only.stream().anyMatch(workload::matches);
    }

    boolean wants(Compilation compilation) {
        return only.isEmpty() || only.stream().anyMatch(compilation::matches);
    }

    boolean wants(Start start) {
        return libraries.contains(start.library())
                && (only.isEmpty() || only.stream().anyMatch(start::matches));
    }

    boolean wantsKernels() {
        return only.isEmpty() || only.stream().anyMatch(KERNELS::equalsIgnoreCase);
    }
}
