package dev.nnd.runtime.report;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DataProfileTest {
    @Test
    void tellsOfRowsThatWereLeftOut() {
        String page = new DataProfile(List.of(), List.of("2 rows were left out; the first: <t.csv>, row 3")).html();
        assertTrue(page.contains("<p>2 rows were left out; the first: &lt;t.csv&gt;, row 3</p>"), page);
    }
}
