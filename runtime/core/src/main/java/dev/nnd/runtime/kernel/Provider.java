package dev.nnd.runtime.kernel;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.kernel.onednn.OneDnnProvider;
import dev.nnd.runtime.kernel.packed.JavaProvider;
import dev.nnd.runtime.kernel.reference.ReferenceProvider;
import java.util.Locale;

/** A library of kernels with a number of threads. Immutable and thread-safe; programs may share one. */
public interface Provider {

    /** {@code "onednn"}, {@code "java"} or {@code "reference"}. */
    String name();

    /** How many threads an op uses. */
    int threads();

    /** In which numbers it computes products of several rows. */
    default Precision precision() {
        return Precision.F32;
    }

    /** In which numbers it computes, for people: {@code "f32"}, and what differs from that. */
    default String numbers() {
        return precision().name().toLowerCase(Locale.ROOT);
    }

    /**
     * This provider with products in other numbers; in f32 if it or the machine can't, or can but is slower so, which is said once
     * in the log: results are then more exact. Where bfloat16 is slower, products of one row of a prediction read weights in it all the
     * same. The system property {@code nnd.bf16} has the last word on what pays: {@code on}, {@code rows} or {@code off}.
     *
     * @throws NndException if that property is another word
     */
    default Provider with(Precision precision) {
        if (precision != precision()) {
            Fallback.precision(name(), precision);
        }
        return this;
    }

    /** This provider with ops of one thread, as several threads call at the same time; itself if it has no more. */
    default Provider oneThread() {
        return threads() == 1 ? this : named(name(), 1).with(precision());
    }

    /** Those who share what the JVM computes: the same threads that the provider's ops use. */
    default Workers workers() {
        return Workers.of(threads());
    }

    /** Has threads share the generated kernels of one program. */
    default SharedCall sharedCall() {
        return new SharedCall(workers());
    }

    /** The ops of one program. */
    Kernels kernels(OpSite site);

    /** More would only wait for each other, and so many can't be had everywhere. */
    int MOST_THREADS = 1024;

    /**
     * Refuses a number of threads that makes no sense.
     *
     * @throws NndException if it is not from 1 to {@link #MOST_THREADS}
     */
    static void requireThreads(int threads) {
        if (threads < 1 || threads > MOST_THREADS) {
            throw new NndException(
                    "threads is " + threads + ", but must be from 1 to " + MOST_THREADS + ".",
                    "this machine lets the JVM use "
                            + Runtime.getRuntime().availableProcessors()
                            + " processors; more threads than that are slower",
                    null);
        }
    }

    /**
     * The fastest provider that works on this machine, or the one that the system property {@code nnd.provider} names.
     *
     * @throws NndException if the named one does not work here
     */
    static Provider best(int threads) {
        return named(System.getProperty("nnd.provider", "best"), threads);
    }

    /**
     * A provider by name.
     *
     * @param threads from 1 to {@link #MOST_THREADS}
     * @throws NndException if there is none of that name, or it does not work here
     */
    static Provider named(String name, int threads) {
        requireThreads(threads);
        return switch (name) {
            case "reference" -> new ReferenceProvider();
            case "java" -> new JavaProvider(threads);
            case "onednn" -> {
                OneDnnProvider.failure().ifPresent(reason -> {
                    throw new NndException(
                            "oneDNN does not work on this machine: " + reason + ".",
                            "put org.bytedeco:dnnl with the classifier of this machine on the class path,"
                                    + " or use the provider \"java\"",
                            null);
                });
                yield new OneDnnProvider(threads);
            }
            case "best" -> OneDnnProvider.failure().isEmpty() ? new OneDnnProvider(threads) : Fallback.java(threads);
            default ->
                throw new NndException(
                        "There is no kernel provider \"" + name + "\".", "use onednn, java or reference", null);
        };
    }
}
