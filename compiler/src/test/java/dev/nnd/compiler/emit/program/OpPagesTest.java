package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.typed.Primitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The pages of the built-in functions: each has an example that is tested as the table of functions is. */
class OpPagesTest {

    private static final Path PAGES = Path.of("../spec/ops");
    private static final Pattern EXAMPLE = Pattern.compile("```nnd\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern HEADING = Pattern.compile("^# (.*)$", Pattern.MULTILINE);

    /** What is no function of its own, or works on buffers and states, which an example here cannot have. */
    private static final List<String> ELSEWHERE =
            List.of("scan_step", "scan_state", "scan_collect", "scan_last", "streaming_metric", "lstm", "gru", "rnn");

    private static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(PAGES)) {
            return files.filter(f -> !f.endsWith("README.md")).sorted().toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> examples() throws IOException {
        var rows = new ArrayList<OpRow>();
        for (Path page : pages()) {
            var example = EXAMPLE.matcher(Files.readString(page));
            assertTrue(example.find(), () -> page + " has no example");
            rows.add(OpRow.ofModel(example.group(1)));
        }
        return new OpTrials(rows).tests();
    }

    @Test
    void everyFunctionHasAPage() throws IOException {
        var named = new TreeSet<String>(ELSEWHERE);
        for (Path page : pages()) {
            var heading = HEADING.matcher(Files.readString(page));
            assertTrue(heading.find(), () -> page + " has no heading");
            for (String name : heading.group(1).replace("`", "").split(", ")) {
                assertTrue(named.add(name), () -> name + " has two pages");
            }
        }
        var missing = new ArrayList<String>();
        for (Primitive primitive : Primitive.values()) {
            if (!named.remove(primitive.text())) {
                missing.add(primitive.text());
            }
        }
        assertEquals(List.of(), missing);
        ELSEWHERE.forEach(named::remove);
        assertEquals(new TreeSet<String>(), named);
    }
}
