package dev.nnd.compiler.emit.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every function of the language from the table {@code ops.txt}: see {@link OpTrials}. */
class OpTableTest {

    @TestFactory
    Stream<DynamicTest> rows() throws IOException {
        String only = System.getProperty("nnd.row", ".*");
        return new OpTrials(table("/ops.txt").stream()
                        .filter(r -> r.name().matches(only))
                        .toList())
                .tests();
    }

    /** The lines of a table among the resources. */
    static List<OpRow> table(String name) throws IOException {
        try (var in = OpTableTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.isBlank() && !l.startsWith("#"))
                    .map(OpRow::of)
                    .toList();
        }
    }
}
