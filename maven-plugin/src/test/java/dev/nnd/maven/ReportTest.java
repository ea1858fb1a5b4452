package dev.nnd.maven;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

    @Test
    void findingsAndCountsAreRead() {
        Report report = Report.parse(List.of(
                "{\"kind\":\"diagnostic\",\"code\":\"NND0101\",\"severity\":\"error\",\"message\":\"no layer `Dens`\","
                        + "\"file\":\"src/main/nnd/a.nnd\",\"line\":4,\"column\":6,\"endLine\":4,\"endColumn\":10,"
                        + "\"labels\":[{\"line\":1}],\"help\":\"did you mean `Dense`?\"}",
                "{\"kind\":\"diagnostic\",\"code\":\"NND0202\",\"severity\":\"warning\",\"message\":\"unused\","
                        + "\"file\":\"b.nnd\",\"line\":1,\"column\":1,\"help\":null}",
                "{\"kind\":\"summary\",\"errors\":1,\"warnings\":1,\"written\":3,\"unchanged\":2,\"deleted\":1}"));
        assertEquals(1, report.errors());
        assertEquals(2, report.findings().size());
        assertEquals(
                new Report.Finding(
                        true, "NND0101", "no layer `Dens`", "src/main/nnd/a.nnd", 4, 6, "did you mean `Dense`?"),
                report.findings().get(0));
        assertEquals("NND0202: unused", report.findings().get(1).sentence());
        assertEquals(3, report.written());
        assertEquals(1, report.deleted());
        assertEquals(List.of(), report.otherLines());
    }

    @Test
    void otherLinesAreKept() {
        Report report = Report.parse(List.of("Error: Could not find or load main class", "{broken"));
        assertEquals(List.of("Error: Could not find or load main class", "{broken"), report.otherLines());
    }
}
