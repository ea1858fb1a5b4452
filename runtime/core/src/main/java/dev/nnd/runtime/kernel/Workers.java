package dev.nnd.runtime.kernel;

/**
 * Threads that help a caller with work that is cut into parts. Whoever is free takes the next part, the caller too. What the
 * work gives must not depend on who does a part, since a caller may be left to do all of them. Idle workers sleep; they never
 * keep the JVM alive. Nothing is allocated in a run. Thread-safe.
 */
public interface Workers {

    /** Work in parts that may run at the same time. */
    interface Work {

        /**
         * Does one part. It must not wait for another part.
         *
         * @param slot below the number of threads; no two parts that run at the same time have the same
         */
        void run(int part, int slot);
    }

    /** Threads of the JVM, the same for the same number in all of the process. The caller of a run is one of them. */
    static Workers of(int threads) {
        return WorkerThreads.of(threads);
    }

    /** How many do parts at a time, the caller included. */
    int threads();

    /**
     * Does all parts. If some fail, the failure of the first of them is thrown once all have ended.
     *
     * @param parts at most a million
     */
    void run(Work task, int parts);

    /**
     * The same for parts of milliseconds and more: where the caller has no threads of its own, others do them for it, as they do
     * its ops.
     */
    default void runLong(Work task, int parts) {
        run(task, parts);
    }
}
