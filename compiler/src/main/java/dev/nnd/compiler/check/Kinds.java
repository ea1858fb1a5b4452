package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Fits a value to the kind of a parameter: {@code int float bool string initializer pair}, a list or a function. */
final class Kinds {

    private final Checking c;

    Kinds(Checking c) {
        this.c = c;
    }

    /** True if a parameter of that type takes a value of run time. */
    static boolean isTensor(TypeExpr type) {
        return switch (type) {
            case TypeExpr.Named n -> !Types.WORDS.contains(n.name().name());
            case TypeExpr.Tensor t -> true;
            case TypeExpr.Classes k -> true;
            case TypeExpr.ListOf l -> false;
            case TypeExpr.Function f -> false;
            case TypeExpr.Tuple t -> false;
        };
    }

    /** In words: {@code an int}. */
    static String describe(TypeExpr type) {
        return switch (type) {
            case TypeExpr.Named n ->
                switch (n.name().name()) {
                    case "int" -> "an int";
                    case "initializer" -> "an initializer";
                    case "pair" -> "an int or a list of two ints";
                    case "triple" -> "an int or a list of three ints";
                    case "padding" -> "an int, a list of ints, \"same\" or \"valid\"";
                    case "block" -> "a layer such as `Dense(10)`";
                    case Types.ANY -> "a tensor";
                    default -> "a " + n.name().name();
                };
            case TypeExpr.Tensor t -> "a tensor " + t.span().text();
            case TypeExpr.Classes k -> "a label";
            case TypeExpr.ListOf l -> "a list, each item " + describe(l.element());
            case TypeExpr.Function f -> "a function or a layer";
            case TypeExpr.Tuple t -> t.parts().size() + " values";
        };
    }

    /** The constant that a parameter of that type gets; what does not fit is reported at {@code span}. */
    Optional<Constant> fit(Val given, TypeExpr type, String what, Span span) {
        Val value = c.settings().fix(given);
        if (value instanceof Val.Poison) {
            return Optional.empty();
        }
        if (type instanceof TypeExpr.Function f) {
            Optional<Diagnostic> wrong = c.functionTypes().mismatch(value, f, what, span);
            if (wrong.isPresent()) {
                c.report(wrong.get());
                return Optional.empty();
            }
        }
        Optional<Constant> fitted = switch (type) {
            case TypeExpr.Named n when n.name().name().equals("block") -> layer(value);
            case TypeExpr.Named n -> named(value, n.name().name());
            case TypeExpr.ListOf l -> list(value, l, what, span);
            case TypeExpr.Function f -> function(value);
            case TypeExpr.Tuple t -> Optional.empty();
            case TypeExpr.Tensor t -> Optional.empty();
            case TypeExpr.Classes k -> Optional.empty();
        };
        if (fitted.isEmpty()) {
            c.report(mismatch(value, type, what, span));
        }
        return fitted;
    }

    private Diagnostic mismatch(Val value, TypeExpr type, String what, Span span) {
        Diagnostic error =
                Diagnostic.error("NND0205", span, what + " takes " + describe(type) + ", got " + Val.describe(value));
        boolean isBlock = type instanceof TypeExpr.Named n && n.name().name().equals("block");
        boolean isFunction = type instanceof TypeExpr.Function;
        if ((isBlock || isFunction) && value instanceof Val.BlockName b) {
            String name = b.declaration().name().name();
            return Diagnostic.error("NND0209", span, "the layer `" + name + "` needs parentheses")
                    .help("write `" + name + "(...)` with its arguments");
        }
        if ((isBlock || isFunction) && value instanceof Val.Instance) {
            return error.note("each use of the parameter makes weights of its own; a `layer` has its weights already");
        }
        if (value instanceof Val.Tensor t) {
            String layer = what.replaceFirst("^.* of `", "").replace("`", "");
            return t.trace()
                    .mark(error)
                    .note("arguments are known at compile time")
                    .help("hand a tensor over with `->`: `" + span.text() + " -> " + layer + "(...)`");
        }
        return error;
    }

    private Optional<Constant> named(Val value, String word) {
        if (!(value instanceof Val.Const(Constant constant))) {
            return Optional.empty();
        }
        return switch (word) {
            case "int" -> constant instanceof Constant.Int ? Optional.of(constant) : Optional.empty();
            case "float" -> number(constant);
            case "bool" -> constant instanceof Constant.Bool ? Optional.of(constant) : Optional.empty();
            case "string" -> constant instanceof Constant.Text ? Optional.of(constant) : Optional.empty();
            case "initializer" -> constant instanceof Constant.Init ? Optional.of(constant) : Optional.empty();
            case "pair" -> perAxis(constant, 2);
            case "triple" -> perAxis(constant, 3);
            case "padding" -> padding(constant);
            default -> Optional.empty();
        };
    }

    private static Optional<Constant> number(Constant constant) {
        return switch (constant) {
            case Constant.Float f -> Optional.of(f);
            case Constant.Int(Dim d)
            when d.constant().isPresent() ->
                Optional.of(new Constant.Float((double) d.constant().getAsLong()));
            case Constant.Int i -> Optional.of(i);
            case Constant.Bool b -> Optional.empty();
            case Constant.Text t -> Optional.empty();
            case Constant.ListOf l -> Optional.empty();
            case Constant.Init i -> Optional.empty();
            case Constant.Function f -> Optional.empty();
            case Constant.Layer l -> Optional.empty();
        };
    }

    /** An int stands for as many equal ones as there are axes. */
    static Optional<Constant> perAxis(Constant constant, int axes) {
        if (constant instanceof Constant.Int) {
            return Optional.of(new Constant.ListOf(Collections.nCopies(axes, constant)));
        }
        boolean all = constant instanceof Constant.ListOf(List<Constant> items)
                && items.size() == axes
                && items.stream().allMatch(i -> i instanceof Constant.Int);
        return all ? Optional.of(constant) : Optional.empty();
    }

    /** A padding as written: a word, or ints, which {@link ConvolutionRules} fits to the axes. */
    private static Optional<Constant> padding(Constant constant) {
        boolean ints = constant instanceof Constant.ListOf(List<Constant> items)
                && items.stream().allMatch(i -> i instanceof Constant.Int);
        return constant instanceof Constant.Int || constant instanceof Constant.Text || ints
                ? Optional.of(constant)
                : Optional.empty();
    }

    private Optional<Constant> list(Val value, TypeExpr.ListOf type, String what, Span span) {
        if (!(value instanceof Val.Const(Constant.ListOf(List<Constant> items)))) {
            return Optional.empty();
        }
        var fitted = new ArrayList<Constant>();
        for (Constant item : items) {
            Optional<Constant> one = fit(c.value(item), type.element(), "an item of " + what, span);
            if (one.isEmpty()) {
                return Optional.of(new Constant.ListOf(items));
            }
            fitted.add(one.get());
        }
        return Optional.of(new Constant.ListOf(fitted));
    }

    private Optional<Constant> layer(Val value) {
        return value instanceof Val.Made m ? Optional.of(c.constant(m.use())) : Optional.empty();
    }

    /** A function, or a layer, which makes weights where it is called. */
    private Optional<Constant> function(Val value) {
        return value instanceof Val.Function f ? Optional.of(c.constant(f.ref())) : layer(value);
    }
}
