package dev.nnd.compiler.check;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Programs with random changes are checked to the end, without an exception and in bounded time. */
class MutationTest {

    private static final int ROUNDS = Integer.getInteger("nnd.mutations", 400);
    private static final Pattern TOKEN = Pattern.compile("\\w+|\\s+|->|\\*\\*|\\.\\.\\.|.", Pattern.DOTALL);

    @Test
    void changedProgramsAreChecked() throws IOException {
        List<List<String>> programs = programs();
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < ROUNDS; i++) {
            String text = mutate(programs, random);
            try {
                assertTimeoutPreemptively(Duration.ofSeconds(20), () -> Checks.check(text));
            } catch (RuntimeException | AssertionError | StackOverflowError e) {
                fail("seed " + seed + ", round " + i + ":\n" + text, e);
            }
        }
    }

    private static List<List<String>> programs() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("../spec/conformance"))) {
            var programs = new ArrayList<List<String>>();
            for (Path file : files.filter(f -> f.endsWith("case.nnd")).sorted().toList()) {
                programs.add(TOKEN.matcher(Files.readString(file))
                        .results()
                        .map(m -> m.group())
                        .toList());
            }
            return programs;
        }
    }

    private static String mutate(List<List<String>> programs, Random random) {
        var tokens = new ArrayList<>(programs.get(random.nextInt(programs.size())));
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && !tokens.isEmpty(); i++) {
            int at = random.nextInt(tokens.size());
            List<String> other = programs.get(random.nextInt(programs.size()));
            String foreign = other.get(random.nextInt(other.size()));
            switch (random.nextInt(4)) {
                case 0 -> tokens.remove(at);
                case 1 -> tokens.set(at, foreign);
                case 2 -> tokens.add(at, foreign);
                default -> tokens.set(at, tokens.get(random.nextInt(tokens.size())));
            }
        }
        return String.join("", tokens);
    }
}
