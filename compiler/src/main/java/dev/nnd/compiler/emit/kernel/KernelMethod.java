package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.type.Dim;
import java.util.List;

/**
 * The method that a kernel became, for those who call it.
 *
 * @param className the kernels' class, in the package of the file
 * @param name the method
 * @param arguments in order
 */
public record KernelMethod(String className, String name, List<Argument> arguments) {

    public KernelMethod {
        arguments = List.copyOf(arguments);
    }

    /** What a caller passes. */
    public sealed interface Argument {}

    /** The program's {@code SharedCall}, which has threads share the kernel. */
    public record Shared() implements Argument {}

    /** The segment of the kernel's input of that index. */
    public record Input(int index) implements Argument {}

    /** The segment of the kernel's output of that index. */
    public record Output(int index) implements Argument {}

    /** The start of the range: 0 for all elements. */
    public record RangeStart() implements Argument {}

    /** The end of the range: the number of elements, over the variables of the kernel's sizes. */
    public record RangeEnd(Dim elements) implements Argument {}

    /** A size, over the variables of the kernel's sizes. */
    public record Size(Dim dim) implements Argument {}

    /** A number that the caller has under that name. */
    public record Scalar(String name) implements Argument {}

    /** The line of the .nnd file that the step stands for, as text. */
    public record Place() implements Argument {}
}
