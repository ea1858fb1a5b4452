package dev.nnd.compiler.check;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.NndFile;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a name means at the top of a file: its own declarations, then its imports, then the library. */
final class FileScope {

    /** A declaration and the file it is in. */
    record Found(Decl declaration, FileScope home) {}

    private final String packageName;
    private final @Nullable FileScope library;
    private final @Nullable FileScope training;
    private final Map<String, Supplier<Decl>> own;
    private final Map<String, Found> imported = new LinkedHashMap<>();
    private final Set<String> broken = new HashSet<>();

    private FileScope(
            String packageName,
            Map<String, Supplier<Decl>> own,
            @Nullable FileScope library,
            @Nullable FileScope training) {
        this.packageName = packageName;
        this.own = own;
        this.library = library;
        this.training = training;
    }

    /** The library's scope. */
    static FileScope ofLibrary(StandardLibrary library) {
        var training = new FileScope("", declarations(library.training()), null, null);
        return new FileScope("", declarations(library.general()), null, training);
    }

    private static Map<String, Supplier<Decl>> declarations(List<LibraryFile> files) {
        var all = new LinkedHashMap<String, Supplier<Decl>>();
        files.forEach(file -> file.declarations().forEach(all::putIfAbsent));
        return all;
    }

    /** Of the library's scope: the names that hold after {@code using} only, optimizers and schedules. */
    FileScope training() {
        if (training == null) {
            throw new IllegalStateException("the scope of a user's file");
        }
        return training;
    }

    /** A user's file. */
    static FileScope of(NndFile file, FileScope library) {
        String packageName = file.packageName().map(NndFile.QualifiedName::text).orElse("");
        var own = new LinkedHashMap<String, Supplier<Decl>>();
        file.declarations().forEach(d -> own.putIfAbsent(d.name().name(), () -> d));
        return new FileScope(packageName, own, library, null);
    }

    /** Makes an imported declaration known. */
    void add(String name, Found found) {
        imported.putIfAbsent(name, found);
    }

    /** Remembers a name whose import failed, so that its uses are not reported again. */
    void broken(String name) {
        broken.add(name);
    }

    boolean isBroken(String name) {
        return broken.contains(name);
    }

    boolean isLibrary() {
        return library == null;
    }

    String packageName() {
        return packageName;
    }

    /** A name that identifies a declaration of this file everywhere. */
    String qualified(String name) {
        return packageName.isEmpty() ? name : packageName + "." + name;
    }

    Optional<Found> find(String name) {
        Supplier<Decl> mine = own.get(name);
        if (mine != null) {
            return Optional.of(new Found(mine.get(), this));
        }
        Found other = imported.get(name);
        if (other != null) {
            return Optional.of(other);
        }
        return library == null ? Optional.empty() : library.find(name);
    }

    /** The names of all declarations in sight that pass a test, sorted. */
    TreeSet<String> names(Predicate<Decl> test) {
        var names = library == null ? new TreeSet<String>() : library.names(test);
        imported.forEach((name, found) -> {
            if (test.test(found.declaration())) {
                names.add(name);
            }
        });
        own.forEach((name, declaration) -> {
            if (test.test(declaration.get())) {
                names.add(name);
            }
        });
        return names;
    }
}
