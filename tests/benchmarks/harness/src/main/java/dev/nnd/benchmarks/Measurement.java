package dev.nnd.benchmarks;

/**
 * One process's result, a line of JSON.
 *
 * @param workload the short name of a {@link Workload}, or of a compilation
 * @param library the name of a {@link Library}
 * @param threads how many threads it was to use
 * @param repetition counts from 0
 * @param status what came of it
 * @param note why there is no number, or what is remarkable
 * @param version the library's release
 * @param times of the steps
 * @param heapBytesPerStep what the calling thread allocated on the Java heap, the middle one of the steps
 * @param peakResidentBytes of the whole process
 * @param plannedBytes the arena, -1 where there is none
 * @param seconds of the whole process; 0 where it was not taken
 * @param check the losses of the first steps, or a sample of the first prediction: equal for all contenders up to rounding
 */
public record Measurement(
        String workload,
        String library,
        int threads,
        int repetition,
        Status status,
        String note,
        String version,
        Times times,
        double heapBytesPerStep,
        long peakResidentBytes,
        long plannedBytes,
        double seconds,
        double[] check) {

    /** What came of a measurement. */
    public enum Status {
        MEASURED,
        /** The library, or nnd as it is now, has no way to do it. */
        NOT_THERE,
        /** It should have worked. */
        FAILED
    }

    /**
     * Milliseconds of a step: the middle one of {@code steps}, the fastest and the slowest.
     *
     * @param processor what all threads of the process together have used, the mean of the steps: more than the time that passed where
     *     workers wait by spinning, less where others had the processor
     */
    public record Times(int warmUpSteps, int steps, double median, double fastest, double slowest, double processor) {

        static final Times NONE = new Times(0, 0, 0, 0, 0, 0);
    }

    /** One without a number. */
    static Measurement without(Workload workload, Library library, int threads, Status status, String note) {
        return new Measurement(
                workload.id(), library.id(), threads, 0, status, note, "", Times.NONE, 0, 0, -1, 0, new double[0]);
    }

    /** The same under the number of a repetition, from a process that took so long. */
    Measurement at(int number, double wholeSeconds) {
        return new Measurement(
                workload,
                library,
                threads,
                number,
                status,
                note,
                version,
                times,
                heapBytesPerStep,
                peakResidentBytes,
                plannedBytes,
                wholeSeconds,
                check);
    }

    /** Whether it answers the same question. */
    boolean sameQuestion(String otherWorkload, String otherLibrary, int otherThreads, int otherRepetition) {
        return workload.equals(otherWorkload)
                && library.equals(otherLibrary)
                && threads == otherThreads
                && repetition == otherRepetition;
    }

    boolean measured() {
        return status == Status.MEASURED;
    }
}
