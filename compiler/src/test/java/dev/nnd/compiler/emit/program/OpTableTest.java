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
        List<OpRow> rows;
        try (var in = OpTableTest.class.getResourceAsStream("/ops.txt")) {
            rows = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.isBlank() && !l.startsWith("#"))
                    .map(OpRow::of)
                    .filter(r -> r.name().matches(only))
                    .toList();
        }
        return new OpTrials(rows).tests();
    }
}
