package dev.nnd.benchmarks;

/** A library that can do workloads; found by {@link java.util.ServiceLoader} on the class path of its process. */
public interface Contender {

    /** The library's release, as it says itself where it does. */
    String version();

    /**
     * Builds the network with the weights of the task.
     *
     * @throws NotThere if the library has no way to do it
     */
    Session open(Task task) throws Exception;

    /** A library can't do a workload; the message says what is missing. */
    final class NotThere extends Exception {
        private static final long serialVersionUID = 1;

        public NotThere(String message) {
            super(message);
        }
    }
}
