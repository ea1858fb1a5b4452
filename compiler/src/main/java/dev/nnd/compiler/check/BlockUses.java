package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Expr;
import dev.nnd.compiler.type.Constant;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Blocks with their arguments: {@code Conv2d(32, kernel: 3)}. */
final class BlockUses {

    private final Checking c;

    BlockUses(Checking c) {
        this.c = c;
    }

    /** Applies arguments and defaults; empty if something was reported. */
    Optional<Val.BlockUse> use(Val.BlockName block, List<Expr.Argument> arguments, At at) {
        Decl.Block declaration = block.declaration();
        String what = "`" + declaration.name().name() + "`";
        var matched = c.arguments().match(what, Arguments.slots(declaration.parameters()), List.of(), arguments, at);
        if (!matched.ok()) {
            matched.values().values().stream()
                    .filter(g -> g.value() instanceof Val.Tensor)
                    .findFirst()
                    .ifPresent(g -> tensorAsArgument(what, g));
            return Optional.empty();
        }
        return c.problems().within(at.span(), what, () -> apply(block, matched));
    }

    private void tensorAsArgument(String what, Arguments.Given given) {
        c.report(Diagnostic.error("NND0205", given.span(), "a tensor is not an argument of " + what)
                .help("hand it over with `->`: `" + given.span().text() + " -> " + what.replace("`", "") + "(...)`"));
    }

    private Optional<Val.BlockUse> apply(Val.BlockName block, Arguments.Matched matched) {
        Decl.Block declaration = block.declaration();
        var scope = new Scope(null);
        var env = new Env(block.home(), scope, new Body(declaration.span().file()), true);
        var values = new LinkedHashMap<String, Constant>();
        boolean ok = true;
        for (Decl.Parameter parameter : declaration.parameters()) {
            String name = parameter.name().name();
            Optional<Arguments.Given> given = matched.get(name);
            Val value = given.isPresent()
                    ? given.get().value()
                    : c.expressions().eval(parameter.defaultValue().orElseThrow(), env);
            Span span = given.map(Arguments.Given::span).orElse(parameter.span());
            String what = "`" + name + "` of `" + declaration.name().name() + "`";
            Optional<Constant> constant = c.kinds().fit(value, parameter.type(), what, span);
            scope.define(
                    name,
                    Scope.Kind.PARAMETER,
                    parameter.name().span(),
                    constant.map(c::value).orElse(Val.POISON));
            constant.ifPresent(k -> values.put(name, k));
            ok &= constant.isPresent();
        }
        return ok ? Optional.of(new Val.BlockUse(declaration, block.home(), values)) : Optional.empty();
    }

    /** Checks the defaults of parameters, which no use of the declaration might need. */
    void defaults(List<Decl.Parameter> parameters, String of, FileScope home, Span declared) {
        c.generic(true);
        var scope = new Scope(null);
        var env = new Env(home, scope, new Body(declared.file()), true);
        for (Decl.Parameter parameter : parameters) {
            String name = parameter.name().name();
            Val value = c.blocks().genericValue(parameter);
            if (parameter.defaultValue().isPresent()) {
                Val written = c.expressions().eval(parameter.defaultValue().get(), env);
                c.kinds().fit(written, parameter.type(), "`" + name + "` of `" + of + "`", parameter.span());
            }
            scope.define(name, Scope.Kind.PARAMETER, parameter.name().span(), value);
        }
        c.generic(false);
    }
}
