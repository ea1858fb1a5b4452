package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.Ident;
import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The data sections in sight of one file, each checked once; those of other files report nothing here. */
final class DataSections {

    private static final int DEEPEST = 100;

    private final Checking c;
    private final FileScope home;
    private final Map<Decl.Data, Optional<TypedData>> known = new IdentityHashMap<>();
    private final Set<Decl.Data> open = Collections.newSetFromMap(new IdentityHashMap<>());

    DataSections(Checking c, FileScope home) {
        this.c = c;
        this.home = home;
    }

    /** The checked section; empty if something is wrong with it, or if it is being checked. */
    Optional<TypedData> find(FileScope.Found found) {
        return found.declaration() instanceof Decl.Data d ? find(d, found.home()) : Optional.empty();
    }

    /** True while the section is being checked: it cannot depend on itself. */
    boolean isOpen(Decl.Data declaration) {
        return open.contains(declaration);
    }

    @SuppressWarnings("ReferenceEquality")
    Optional<TypedData> find(Decl.Data declaration, FileScope where) {
        Optional<TypedData> before = known.get(declaration);
        if (before != null) {
            return before;
        }
        if (!open.add(declaration)) {
            return Optional.empty();
        }
        boolean own = where == home;
        Checking checking = own ? c : new Checking(declaration.span().file(), c.library(), c.watch());
        if (!own) {
            checking.data(this);
        }
        Optional<TypedData> made = DataChecker.check(checking, where, declaration, this);
        open.remove(declaration);
        known.put(declaration, made);
        return made;
    }

    /** The section that another one is made from; empty if something was reported of it, here or at its place. */
    Optional<TypedData> parent(Ident name, Decl.Data child, FileScope where) {
        Checking reporting = where.equals(home) ? c : new Checking(child.span().file(), c.library(), c.watch());
        Optional<FileScope.Found> found = where.find(name.name()).filter(f -> f.declaration() instanceof Decl.Data);
        if (found.isEmpty()) {
            if (!where.isBroken(name.name())) {
                Diagnostic error =
                        Diagnostic.error("NND0420", name.span(), "there is no data section `" + name.name() + "`");
                Set<String> names = new LinkedHashSet<>(where.names(d -> d instanceof Decl.Data));
                names.remove(child.name().name());
                reporting.report(Expressions.suggest(error, name.span(), Nearest.to(name.name(), names)));
            }
            return Optional.empty();
        }
        boolean circle = found.get().declaration() instanceof Decl.Data d && isOpen(d);
        if (circle || open.size() > DEEPEST) {
            reporting.report(Diagnostic.error(
                            "NND0420",
                            name.span(),
                            circle
                                    ? "`" + child.name().name() + "` is made from itself"
                                    : "sections are made from each other more than " + DEEPEST + " times")
                    .label(found.get().declaration().name().span(), "declared here"));
            return Optional.empty();
        }
        Optional<TypedData> typed = find(found.get());
        if (typed.isEmpty() && !found.get().home().equals(where)) {
            reporting.report(Diagnostic.error(
                    "NND0109", name.span(), "the imported data section `" + name.name() + "` has errors of its own"));
        }
        return typed;
    }
}
