package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.TypeExpr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.compiler.typed.TypedExpr;
import dev.nnd.grammar.Span;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What an expression means while it is checked. */
sealed interface Val {

    /** A value of run time. */
    record Tensor(TypedExpr expr, Trace trace, Optional<Classes> classes) implements Val {
        Tensor(TypedExpr expr, Trace trace) {
            this(expr, trace, Optional.empty());
        }

        TensorType type() {
            return expr.type();
        }

        Tensor with(Trace other) {
            return new Tensor(expr, other, classes);
        }

        Tensor with(TypedExpr other) {
            return new Tensor(other, trace, classes);
        }
    }

    /**
     * That a value holds indices: of classes, of which there are exactly {@code count}, or ids such as those of tokens,
     * all below {@code count}.
     *
     * @param span where that is said
     */
    record Classes(Dim count, Span span, boolean ids) {
        Classes(Dim count, Span span) {
            this(count, span, false);
        }

        /** What a field of data holds, if it holds indices. */
        static Optional<Classes> of(TypedData.Field field) {
            return field.label()
                    .map(l -> new Classes(Dim.of(l.names().size()), field.span()))
                    .or(() -> field.ids().map(i -> new Classes(i.count(), i.span(), true)));
        }
    }

    /** A value known at compile time. */
    record Const(Constant value) implements Val {
        static Const of(long value) {
            return new Const(new Constant.Int(Dim.of(value)));
        }

        static Const of(boolean value) {
            return new Const(new Constant.Bool(value));
        }

        static Const of(double value) {
            return new Const(new Constant.Float(value));
        }
    }

    /** A condition over dims that the assumptions do not decide: true for some calls, false for others. */
    record Condition(DimCondition condition) implements Val {}

    /** Values side by side, in parentheses. */
    record Tuple(List<Val> items) implements Val {}

    /** What a layer with several outputs gave. */
    record Outputs(String of, List<String> names, List<Tensor> values) implements Val {}

    /** A function that is not called yet. */
    record Function(FunctionRef ref) implements Val {}

    /** A block's or model's name alone. */
    record BlockName(Decl.Block declaration, FileScope home) implements Val {}

    /** A block with its arguments, before it has a place: {@code Dense(10)}. */
    record Made(BlockUse use, Span span) implements Val {}

    /** A {@code layer}, or a model of a train section: it can be called more than once. */
    record Instance(String name, BlockUse use, Span declared) implements Val {}

    /** Nothing: an optional input that is not given. */
    record None() implements Val {}

    /** The one nothing. */
    Val NONE = new None();

    /** What stands for a value after an error, so that nothing is said twice. */
    record Poison() implements Val {}

    /** The one poison. */
    Val POISON = new Poison();

    /** A block and the values of its parameters. */
    record BlockUse(Decl.Block declaration, FileScope home, Map<String, Constant> arguments) {
        String name() {
            return declaration.name().name();
        }
    }

    /** A function of a file or one that is built in. */
    sealed interface FunctionRef {
        String name();

        /** Declared in a file. */
        record Declared(Decl.Function declaration, FileScope home) implements FunctionRef {
            @Override
            public String name() {
                return declaration.name().name();
            }
        }

        /**
         * One that was handed over for a parameter of a function type.
         *
         * @param parameter the parameter's name
         * @param home where the type is written
         * @param scope the parameters that the type can name
         */
        record HandedOver(FunctionRef function, String parameter, TypeExpr.Function type, FileScope home, Scope scope)
                implements FunctionRef {
            @Override
            public String name() {
                return function.name();
            }

            @Override
            public FunctionRef plain() {
                return function.plain();
            }
        }

        /** The function itself, if this one was handed over. */
        default FunctionRef plain() {
            return this;
        }

        /** Built in. */
        record BuiltIn(Builtin builtin) implements FunctionRef {
            @Override
            public String name() {
                return builtin.name();
            }
        }
    }

    /** What kind of thing it is, in words: {@code a tensor}. */
    static String describe(Val val) {
        return switch (val) {
            case Tensor t -> "a tensor " + t.type();
            case Const c -> describe(c.value());
            case Condition k ->
                "a condition on `" + String.join("`, `", k.condition().variables()) + "`, which is known per call";
            case Tuple t -> t.items().size() + " values in parentheses";
            case Outputs o -> o.values().size() + " outputs of `" + o.of() + "`";
            case Function f -> "the function `" + f.ref().name() + "`";
            case BlockName b -> "the layer `" + b.declaration().name().name() + "`";
            case Made m -> "a new layer `" + m.use().name() + "`";
            case Instance i -> "the layer `" + i.name() + "`";
            case None n -> "`none`";
            case Poison p -> "nothing";
        };
    }

    /** A constant in words: {@code the int 3}. */
    static String describe(Constant constant) {
        return switch (constant) {
            case Constant.Int i -> "the int " + i.value();
            case Constant.Float f -> "the float " + f.value();
            case Constant.Bool b -> "the bool " + b.value();
            case Constant.Text t -> "the string \"" + t.value() + "\"";
            case Constant.ListOf l -> "a list of " + l.items().size();
            case Constant.Init i -> "an initializer";
            case Constant.Layer l -> "a layer";
            case Constant.Function f -> "the function `" + f.name() + "`";
        };
    }
}
