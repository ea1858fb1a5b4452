package dev.nnd.benchmarks;

import java.util.List;
import java.util.OptionalDouble;

/** What was measured, as tables ask for it. */
record Found(List<Measurement> all) {

    Found {
        all = List.copyOf(all);
    }

    /** In the order of repetitions. */
    List<Measurement> of(String workload, Library library, int threads) {
        return all.stream()
                .filter(m -> m.measured()
                        && m.workload().equals(workload)
                        && m.library().equals(library.id())
                        && m.threads() == threads)
                .toList();
    }

    List<Measurement> of(Workload workload, Library library, int threads) {
        return of(workload.id(), library, threads);
    }

    List<Integer> threads() {
        return all.stream().map(Measurement::threads).distinct().sorted().toList();
    }

    /** With how many threads it was measured at all. */
    List<Integer> threads(Workload workload) {
        return all.stream()
                .filter(m -> m.workload().equals(workload.id()) && m.measured())
                .map(Measurement::threads)
                .distinct()
                .sorted()
                .toList();
    }

    static boolean agrees(Measurement ours, Measurement peer) {
        return Agreement.difference(ours.check(), peer.check()) <= Agreement.TOLERANCE;
    }

    /** The middle one of the repetitions' milliseconds. */
    OptionalDouble median(Workload workload, Library library, int threads) {
        double[] medians = of(workload, library, threads).stream()
                .mapToDouble(m -> m.times().median())
                .sorted()
                .toArray();
        return medians.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(medians[medians.length / 2]);
    }

    /** In each repetition the fastest of these peers that computes the same, divided by nnd; the smallest first. */
    List<Ratio> ratios(Workload workload, int threads, List<Library> peers) {
        return of(workload, Library.NND, threads).stream()
                .flatMap(ours -> peers.stream()
                        .flatMap(peer -> of(workload, peer, threads).stream())
                        .filter(m -> m.repetition() == ours.repetition() && agrees(ours, m))
                        .min((a, b) ->
                                Double.compare(a.times().median(), b.times().median()))
                        .map(m -> new Ratio(
                                m.library(), m.times().median() / ours.times().median()))
                        .stream())
                .sorted((a, b) -> Double.compare(a.value(), b.value()))
                .toList();
    }

    /** A peer's time divided by nnd's. */
    record Ratio(String peer, double value) {}
}
