package dev.nnd.compiler.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.ast.Decl;
import dev.nnd.compiler.ast.NndFile;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The declarations of the library, parsed one by one. */
final class LibraryFileTest {

    @Test
    void eachDeclarationIsThatOfTheWholeFile() {
        List<LibraryFile> files = Stream.concat(Checks.LIBRARY.general().stream(), Checks.LIBRARY.training().stream())
                .toList();
        assertTrue(files.size() > 10);
        for (LibraryFile file : files) {
            NndFile whole = file.whole();
            var single = new ArrayList<Decl>();
            file.declarations().values().stream().map(Supplier::get).forEach(single::add);
            assertEquals(whole.declarations(), single, whole.source().name());
            assertEquals(
                    whole.declarations().stream().map(d -> d.name().name()).toList(),
                    List.copyOf(file.declarations().keySet()));
        }
    }

    @Test
    void declarationsAreParsedOnce() {
        Supplier<Decl> first = Checks.LIBRARY
                .general()
                .getFirst()
                .declarations()
                .values()
                .iterator()
                .next();
        assertSame(first.get(), first.get());
    }
}
