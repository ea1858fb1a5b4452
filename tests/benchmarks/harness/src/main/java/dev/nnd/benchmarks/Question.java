package dev.nnd.benchmarks;

/** What one process answers. */
record Question(Workload workload, Library library, int threads, int repetition) {

    boolean isAnsweredBy(Measurement measurement) {
        return measurement.sameQuestion(workload.id(), library.id(), threads, repetition);
    }

    /** The same in the first repetition. */
    Question first() {
        return new Question(workload, library, threads, 0);
    }
}
