package dev.nnd.compiler.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The public test cases of ONNX, on the ordinary road. */
class OnnxCasesTest {

    private static final List<String> FOLDERS =
            List.of("onnx-node", "onnx-simple", "onnx-pytorch-converted", "onnx-pytorch-operator");

    @Test
    void casesPass() throws IOException {
        assumeTrue(Files.isDirectory(OnnxCase.shared()), "there is no folder ../shared/data with the cases");
        String filter = System.getProperty("nnd.case", "");
        int passing = 0;
        int total = 0;
        var lines = new ArrayList<String>();
        for (String folder : FOLDERS) {
            int passed = 0;
            int all = 0;
            for (OnnxCase one : OnnxCase.folder(folder)) {
                if (!one.name().contains(filter)) {
                    continue;
                }
                all++;
                CaseRun.Outcome outcome = CaseRun.run(one);
                passed += outcome.passed() ? 1 : 0;
                if (!outcome.passed()) {
                    lines.add(one.name() + "\t" + outcome.stage() + "\t" + outcome.reason());
                }
                if (!filter.isEmpty()) {
                    System.out.println(CaseRun.imported(one).text());
                }
            }
            passing += passed;
            total += all;
            System.out.println(folder + ": " + passed + " of " + all);
        }
        String table = System.getProperty("nnd.table", "");
        if (!table.isEmpty()) {
            Files.write(Path.of(table), lines);
        }
        assertTrue(total == 0 || passing >= 0.95 * total, passing + " of " + total + " pass: " + lines);
    }
}
