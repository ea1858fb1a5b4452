package dev.nnd.runtime.kernel;

import dev.nnd.runtime.memory.ElementType;
import dev.nnd.runtime.memory.Layout;
import dev.nnd.runtime.memory.Tensor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What a provider may ask of the program for which it makes an op. */
public interface OpSite {

    /** A new tensor that is alive from the current op on. */
    Tensor output(String name, ElementType type, Layout layout, long... dims);

    /** A new tensor with the dims, type and layout of another one, alive from the current op on. */
    Tensor outputLike(String name, Tensor like);

    /** Memory that is alive during the current op only. */
    Tensor scratch(String name, ElementType type, Layout layout, long... dims);

    /** Memory of the current op that keeps what it holds from run to run. */
    Tensor kept(String name, ElementType type, Layout layout, long... dims);

    /** Whether the tensor is the value of a parameter, which changes only when {@link #weightsVersion} says so. */
    boolean isWeight(Tensor tensor);

    /** A number that changes with the values of parameters; -1 if they may have changed since any earlier run. */
    long weightsVersion();

    /**
     * What the op being made asks at each run for a number that changes with the values of parameters: {@link #weightsVersion},
     * or while these are trained, for an op that a scan repeats, a number that changes with each run of the scan.
     */
    default LongSupplier versions() {
        return this::weightsVersion;
    }

    /**
     * The value of a parameter in another layout, beside its home; all programs of the parameters share it, and it is made
     * anew when they change. Only where {@link #predicts}.
     */
    Tensor copy(Tensor weight, Layout layout);

    /** Whether a tensor is the value of a parameter that nobody trains: its layout may then round it. */
    default boolean predicts(Tensor tensor) {
        return isWeight(tensor) && weightsVersion() >= 0;
    }

    /**
     * A copy of a tensor that an earlier op has made and that still is one; it lives until the current op from now on. Null if
     * there is none.
     *
     * @param form equal for copies that are equal, whatever the dims of the tensor
     */
    default @Nullable Tensor earlierCopy(Tensor tensor, Object form) {
        return null;
    }

    /** The current op makes a copy of a tensor in its scratch memory, at each run, which later ops may read. */
    default void madeCopy(Tensor tensor, Object form, Tensor copy) {}

    /** Memory for bytes without a form that is alive during the current op only. */
    Tensor scratchBytes(String name, long bytes);

    /** Whether the op belongs to a part of the program that runs in one thread beside others: it must not be shared. */
    default boolean inOneThread() {
        return false;
    }

    /**
     * Whether generated kernels write the tensor. They fill the padding of a provider's layout too, with anything: whoever
     * relies on zeros there clears it first.
     */
    boolean writtenByKernels(Tensor tensor);
}
