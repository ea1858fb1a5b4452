package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.ast.Stmt;
import dev.nnd.compiler.type.Dim;
import dev.nnd.compiler.type.DimAnswer;
import dev.nnd.compiler.type.DimCondition;
import dev.nnd.compiler.type.TensorType;
import dev.nnd.compiler.typed.Primitive;
import dev.nnd.compiler.typed.Requirement;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Comparisons of dims under what is assumed, and what is said when they do not hold. */
final class Dims {

    /** A tensor that no machine holds. */
    private static final class TooManyElements extends ArithmeticException {
        private static final long serialVersionUID = 1;

        TooManyElements(TensorType type) {
            super("`" + type + "` has more than 2^63 bytes");
        }
    }

    private final Checking c;
    private final List<DimCondition> equations = new ArrayList<>();
    private Decl.@Nullable Block root;

    Dims(Checking c) {
        this.c = c;
    }

    /** The declaration whose inputs name the free dims from here on; none in a train section. */
    void root(Decl.@Nullable Block declaration) {
        root = declaration;
        equations.clear();
    }

    /** True if the two dims are equal in every call; in a generic check, if they can be. */
    boolean same(Dim a, Dim b) {
        if (a.equals(b)) {
            return true;
        }
        DimAnswer answer = c.assumptions().equal(a, b);
        if (answer.proved()) {
            equations.add(DimCondition.equal(a, b));
        }
        return answer.proved() || (c.generic() && !answer.refuted());
    }

    /** The equations that types relied on since the last time. */
    List<DimCondition> takeEquations() {
        List<DimCondition> taken = List.copyOf(equations);
        equations.clear();
        return taken;
    }

    /** Adds to the error of two dims that differ for which values they do, and what would make them equal. */
    Diagnostic unequal(Diagnostic error, Dim a, Dim b) {
        boolean swap = a.constant().isPresent();
        return unless(error, swap ? DimCondition.equal(b, a) : DimCondition.equal(a, b));
    }

    /** Adds to an error that would be none if the condition held: a counterexample, and the {@code require} to add. */
    Diagnostic unless(Diagnostic error, DimCondition written) {
        DimCondition condition = written.simplified();
        if (condition.variables().isEmpty()) {
            return error;
        }
        return switch (c.assumptions().decide(condition)) {
            case DimAnswer.CanFail f ->
                required(
                        error.note(
                                condition instanceof DimCondition.Compare(DimCondition.Relation r, Dim a, Dim b)
                                                && !b.is(0)
                                                && r == DimCondition.Relation.EQUAL
                                        ? "for " + f.text() + " the two differ"
                                        : "`" + condition.text() + "` is false for " + f.text()),
                        condition);
            case DimAnswer.Undecided u ->
                required(error.note("whether `" + condition.text() + "` holds cannot be decided"), condition);
            case DimAnswer.Refuted r -> error;
            case DimAnswer.Proved p -> error;
        };
    }

    private Diagnostic required(Diagnostic error, DimCondition condition) {
        Optional<Span> place = afterInputs(condition);
        if (place.isEmpty()) {
            return error;
        }
        String text = "require " + condition.text();
        String help = "if that holds for every call, add `" + text + "` after the inputs";
        return error.help(help).candidate(help, place.get(), "\n  " + text);
    }

    /** Where a {@code require} over the free dims can stand: after the last input of the root. */
    Optional<Span> afterInputs(DimCondition condition) {
        if (root == null || c.generic() || condition.variables().stream().anyMatch(v -> !isName(v))) {
            return Optional.empty();
        }
        Optional<Stmt.Input> last = Blocks.inputs(root).stream().reduce((a, b) -> b);
        return last.map(i -> new Span(i.span().file(), i.span().end(), i.span().end()));
    }

    private static boolean isName(String variable) {
        return Character.isJavaIdentifierStart(variable.charAt(0));
    }

    /** Reports a condition that a compile-time choice needs and that only a call can tell. */
    void undecided(DimCondition condition, Expr written) {
        if (c.generic()) {
            return;
        }
        String text = written.span().text();
        Diagnostic error = c.assumptions().decide(condition) instanceof DimAnswer.CanFail f
                ? Diagnostic.error(
                        "NND0314", written.span(), "`" + text + "` depends on the input: it is false for " + f.text())
                : Diagnostic.error("NND0315", written.span(), "`" + text + "` cannot be decided at compile time");
        error = error.note("`if` and `for` are decided at compile time");
        Optional<Span> place = afterInputs(condition);
        String require = "require " + condition.text();
        String help = "if it holds for every call, add `" + require
                + "` after the inputs; else give the dims a number or a parameter in the inputs";
        c.report(
                place.isPresent()
                        ? error.help(help).candidate(help, place.get(), "\n  " + require)
                        : error.help(
                                "give the dims that it depends on a number, or a parameter, in the model's inputs"));
    }

    /** Takes a condition as given from here on; every call of the root will be checked for it. */
    void assume(Requirement requirement, Body body) {
        body.require(requirement);
        c.assumptions(c.assumptions().with(requirement.condition()));
    }

    /** What a called block requires is required of the caller as well. */
    void assumeAll(List<Requirement> requirements, Body body) {
        requirements.forEach(r -> assume(r, body));
    }

    /** The dims of a result are at least 1, which for a free dim is checked at every call. */
    void needsRoom(Primitive primitive, List<Val.Tensor> operands, TensorType type, At at) {
        for (Dim dim : type.dims()) {
            boolean old = operands.stream().anyMatch(o -> o.type().dims().contains(dim));
            if (!old) {
                atLeastOne(dim, "`" + primitive.text() + "`", type, at);
            }
        }
        boolean grown = operands.stream().noneMatch(o -> o.type().dims().equals(type.dims()));
        if (grown) {
            fits(type);
        }
    }

    /** Throws if the elements cannot be counted. */
    static void fits(TensorType type) {
        try {
            type.elements().times(type.dtype().bytes());
        } catch (Dim.TooComplex complex) {
            throw complex;
        } catch (ArithmeticException overflow) {
            throw new TooManyElements(type);
        }
    }

    private void atLeastOne(Dim dim, String what, TensorType type, At at) {
        if (dim.constant().orElse(0) >= 1) {
            return;
        }
        DimCondition condition = DimCondition.atMost(Dim.ONE, dim);
        switch (c.assumptions().decide(condition)) {
            case DimAnswer.Proved p -> {}
            case DimAnswer.Refuted r ->
                c.report(Diagnostic.error("NND0330", at.span(), what + " makes " + type + ", and a dim is at least 1"));
            case DimAnswer.CanFail f -> size(condition, dim, what, at);
            case DimAnswer.Undecided u -> size(condition, dim, what, at);
        }
    }

    private void size(DimCondition condition, Dim dim, String what, At at) {
        if (!c.generic()) {
            String message = what + " makes a dim of " + dim + ", which is {" + dim + "}: a dim is at least 1";
            assume(
                    new Requirement(
                            condition,
                            message,
                            Map.of(dim.toString(), dim),
                            c.problems().place(at.span(), at.env().body().file()),
                            Requirement.Kind.SIZE),
                    at.env().body());
        }
    }

    /** The error for a number that cannot be computed. */
    static Diagnostic tooLarge(ArithmeticException problem, Span span) {
        if (problem instanceof TooManyElements t) {
            return Diagnostic.error("NND0331", span, String.valueOf(t.getMessage()));
        }
        return problem instanceof Dim.TooComplex
                ? Diagnostic.error("NND0332", span, "the dim here has too many terms to work with")
                        .help("give some of the dims in it a number, or a name of their own")
                : Diagnostic.error("NND0222", span, "the number leaves the range of 64 bits");
    }
}
