package dev.nnd.compiler.lower;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.typed.TypedExpr;
import java.util.List;

/** Typed access to the attributes of a function; what the checker has let through fits. */
record Attributes(List<Constant> of) {

    static Attributes of(TypedExpr.Apply e) {
        return new Attributes(e.attributes());
    }

    int count() {
        return of.size();
    }

    Dim dim(int index) {
        return dim(of.get(index));
    }

    /** An int that is known at compile time. */
    int number(int index) {
        return size(dim(index));
    }

    List<Dim> dims(int index) {
        if (of.get(index) instanceof Constant.ListOf(var items)) {
            return items.stream().map(Attributes::dim).toList();
        }
        throw new IllegalStateException("no list of ints: " + of.get(index));
    }

    List<Integer> ints(int index) {
        return dims(index).stream().map(Attributes::size).toList();
    }

    double real(int index) {
        return switch (of.get(index)) {
            case Constant.Float(double value) -> value;
            case Constant.Int(Dim value) -> size(value);
            case Constant other -> throw new IllegalStateException("no float: " + other);
        };
    }

    boolean flag(int index) {
        return of.get(index) instanceof Constant.Bool(boolean value) && value;
    }

    String text(int index) {
        if (of.get(index) instanceof Constant.Text(String value)) {
            return value;
        }
        throw new IllegalStateException("no text: " + of.get(index));
    }

    private static Dim dim(Constant constant) {
        if (constant instanceof Constant.Int(var value)) {
            return value;
        }
        throw new IllegalStateException("no int: " + constant);
    }

    static int size(Dim dim) {
        return Math.toIntExact(
                dim.constant().orElseThrow(() -> new IllegalStateException(dim + " is not known at compile time")));
    }
}
