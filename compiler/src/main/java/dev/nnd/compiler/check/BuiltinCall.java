package dev.nnd.compiler.check;

import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The arguments of a built-in function; a getter reports what does not fit and is then empty. */
record BuiltinCall(Checking c, String name, Arguments.Matched arguments, At at) {

    boolean has(String slot) {
        return arguments.get(slot).isPresent();
    }

    Val value(String slot) {
        return arguments.get(slot).orElseThrow().value();
    }

    Span span(String slot) {
        return arguments.get(slot).map(Arguments.Given::span).orElse(at.span());
    }

    private <T> Optional<T> wrong(String slot, String wanted) {
        Val value = value(slot);
        if (!(value instanceof Val.Poison)) {
            Diagnostic error = Diagnostic.error(
                    "NND0205",
                    span(slot),
                    "`" + slot + "` of `" + name + "` takes " + wanted + ", got " + Val.describe(value));
            c.report(value instanceof Val.Outputs o ? Arithmetic.several(error, o) : error);
        }
        return Optional.empty();
    }

    Optional<Val.Tensor> tensor(String slot) {
        return value(slot) instanceof Val.Tensor t ? Optional.of(t) : wrong(slot, "a tensor");
    }

    Optional<Dim> dim(String slot) {
        return value(slot) instanceof Val.Const(Constant.Int(Dim d)) ? Optional.of(d) : wrong(slot, "an int");
    }

    /** A whole number without variables, at least {@code least}. */
    Optional<Long> integer(String slot, long least) {
        Optional<Dim> dim = dim(slot);
        return dim.isEmpty() ? Optional.empty() : integer(slot, dim.get(), least);
    }

    private Optional<Long> integer(String slot, Dim dim, long least) {
        if (dim.constant().isEmpty()) {
            if (!c.generic()) {
                c.report(Diagnostic.error(
                        "NND0212",
                        span(slot),
                        "`" + slot + "` of `" + name + "` is not known at compile time: it is " + dim));
            }
            return Optional.empty();
        }
        long value = dim.constant().getAsLong();
        if (value < least || value > Integer.MAX_VALUE) {
            c.report(Diagnostic.error(
                    "NND0320", span(slot), "`" + slot + "` of `" + name + "` is at least " + least + ", got " + value));
            return Optional.empty();
        }
        return Optional.of(value);
    }

    /** As many whole numbers as a window has axes; one stands for all. */
    Optional<List<Long>> perAxis(String slot, int axes, long least) {
        String wanted = axes == 1 ? "an int" : "an int or a list of " + axes + " ints";
        if (!(value(slot) instanceof Val.Const(Constant constant))) {
            return wrong(slot, wanted);
        }
        Optional<Constant> items = Kinds.perAxis(constant, axes);
        if (items.isEmpty() || !(items.get() instanceof Constant.ListOf(List<Constant> list))) {
            return wrong(slot, wanted);
        }
        var numbers = new ArrayList<Long>();
        for (Constant item : list) {
            Optional<Long> number = integer(slot, ((Constant.Int) item).value(), least);
            if (number.isEmpty()) {
                return Optional.empty();
            }
            numbers.add(number.get());
        }
        return Optional.of(numbers);
    }

    /** As {@link #perAxis}, with a number for all axes if the slot is not given. */
    Optional<List<Long>> perAxis(String slot, int axes, long least, long otherwise) {
        return has(slot) ? perAxis(slot, axes, least) : Optional.of(Window.all(otherwise, axes));
    }

    /** A bool, false if it is not given. */
    Optional<Boolean> flag(String slot, boolean otherwise) {
        return has(slot) ? bool(slot) : Optional.of(otherwise);
    }

    Optional<Boolean> bool(String slot) {
        return value(slot) instanceof Val.Const(Constant.Bool(boolean b)) ? Optional.of(b) : wrong(slot, "a bool");
    }

    Optional<Double> number(String slot) {
        if (c.settings().fix(value(slot)) instanceof Val.Const(Constant k)
                && ConstantFolding.number(k).isPresent()) {
            return Optional.of(ConstantFolding.number(k).getAsDouble());
        }
        boolean open = c.generic() && value(slot) instanceof Val.Const(Constant.Int i);
        return open ? Optional.empty() : wrong(slot, "a number");
    }

    /** Ints in a list; one int stands for a list of it. */
    Optional<List<Constant>> ints(String slot) {
        return switch (value(slot)) {
            case Val.Const(Constant.Int i) -> Optional.of(List.of(i));
            case Val.Const(Constant.ListOf(List<Constant> items))
            when items.stream().allMatch(i -> i instanceof Constant.Int) -> Optional.of(items);
            case Val other -> wrong(slot, "an int or a list of ints");
        };
    }

    /** One of a few words. */
    Optional<String> word(String slot, String otherwise, List<String> known) {
        if (!has(slot)) {
            return Optional.of(otherwise);
        }
        if (!(value(slot) instanceof Val.Const(Constant.Text(String text)))) {
            return wrong(slot, "a string");
        }
        if (known.contains(text)) {
            return Optional.of(text);
        }
        Diagnostic error =
                Diagnostic.error("NND0368", span(slot), "`" + slot + "` of `" + name + "` cannot be \"" + text + "\"");
        c.report(error.help("it is \"" + String.join("\" or \"", known) + "\""));
        return Optional.empty();
    }

    Val fail(Diagnostic error) {
        return c.fail(error);
    }

    Diagnostic error(String code, String message) {
        return Diagnostic.error(code, at.span(), message);
    }
}
