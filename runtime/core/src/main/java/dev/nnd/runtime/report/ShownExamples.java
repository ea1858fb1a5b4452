package dev.nnd.runtime.report;

/** Tells an example of a split as a person would read it: where it is from, and its columns or its text. */
@FunctionalInterface
public interface ShownExamples {

    /** The example of that number of a split, from 0. */
    String of(String split, int index);
}
