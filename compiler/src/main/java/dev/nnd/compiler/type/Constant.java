package dev.nnd.compiler.type;

import java.util.List;

/** A value known at compile time: an argument of a block, an attribute of a primitive. */
public sealed interface Constant {

    /** A dim or an {@code int}; it may hold dim variables. */
    record Int(Dim value) implements Constant {}

    /** A {@code float}. */
    record Float(double value) implements Constant {}

    /** A {@code bool}. */
    record Bool(boolean value) implements Constant {}

    /** A {@code string}. */
    record Text(String value) implements Constant {}

    /** A list. */
    record ListOf(List<Constant> items) implements Constant {}

    /** An initializer, such as {@code normal(std: 0.02)}. */
    record Init(Initializer initializer) implements Constant {}

    /** A layer with its arguments, such as {@code LSTM(64)} for a {@code block} parameter, by the name that the checker gave it. */
    record Layer(String name) implements Constant {}

    /** A function by its name, such as {@code relu} for an {@code activation} parameter. */
    record Function(String name) implements Constant {}
}
