package dev.nnd.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nnd.grammar.SourceFile;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A syntax error hides what may follow from it and nothing else. */
class SyntaxDamageTest {

    private static List<String> found(SourceFile... files) {
        return new Compiler()
                .check(CompilerRun.of(files)).stream()
                        .map(d -> d.code() + " " + d.span().line())
                        .toList();
    }

    @Test
    void intactDeclarationsAreChecked() {
        assertEquals(List.of("NND0001 3", "NND0102 9"), found(new SourceFile("a.nnd", """
                        model Broken {
                          input x: f32[N, 4]
                          let y 3
                          output y
                        }

                        model Whole {
                          input x: f32[N, 4]
                          output x -> Dens(3)
                        }

                        model User {
                          input x: f32[N, 4]
                          layer inner = Broken()
                          output unknown(inner(x))
                        }
                        """)));
    }

    @Test
    void whatIsNoDeclarationHidesItsName() {
        assertEquals(List.of("NND0001 2", "NND0102 9"), found(new SourceFile("a.nnd", """
                        // the x of f32[N, 4]
                        blok Misspelled {
                          input x: f32[N, 4]
                          output x
                        }
                        /// The x.
                        model Whole {
                          input x: f32[N, 4]
                          output x -> Dens(3)
                        }

                        model User {
                          input x: f32[N, 4]
                          output x -> Misspelled()
                        }
                        """)));
    }

    @Test
    void importsOfBrokenDeclarationsAreNoNews() {
        assertEquals(
                List.of("NND0001 3", "NND0102 9"),
                found(
                        new SourceFile("a.nnd", "package a\n\nmodle Net {\n  input x: f32[N, 4]\n  output x\n}\n"),
                        new SourceFile("b.nnd", """
                                package b

                                import a.Net

                                model One { input x: f32[N, 4] output x -> Net() }

                                model Two {
                                  input x: f32[N, 4]
                                  output x -> Dens(3)
                                }
                                """)));
    }
}
