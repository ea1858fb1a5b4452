package dev.nnd.compiler.emit.program;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.autodiff.DifferenceChecks;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Compiles models and tests each at awkward sizes: see {@link RowCheck}. */
final class OpTrials {

    private static final int ROUNDS = 3;
    private static final List<Integer> SIZES = List.of(1, 2, 3, 5, 8, 17, 19);

    private final RowProject project;

    OpTrials(List<OpRow> rows) {
        project = new RowProject(rows, "", List.of());
    }

    /** A test of each row, and one of all of them together, with one seed. */
    Stream<DynamicTest> tests() {
        long seed = Seed.fresh();
        var checks = new DifferenceChecks();
        Stream<DynamicTest> rows = project.cases().stream()
                .map(c -> dynamicTest(
                        c.row().name(), () -> new RowCheck(project, c, ROUNDS, SIZES, 1e-4, checks).check(seed)));
        // A single row, run by name, may have places of kinks only.
        Runnable sharp = project.cases().size() < 20 ? () -> {} : checks::mostAreSharp;
        return Stream.concat(rows, Stream.of(dynamicTest("most differences are sharp", sharp::run)));
    }
}
