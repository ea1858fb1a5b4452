package dev.nnd.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lines and columns of offsets, looked up by halving instead of counting from the top. */
final class Places {

    private final Map<SourceFile, Lines> files = new HashMap<>();

    Lines of(SourceFile file) {
        return files.computeIfAbsent(file, f -> new Lines(f.text()));
    }

    /** The lines of one text. */
    static final class Lines {
        private final String text;
        private final int[] starts;

        Lines(String text) {
            this.text = text;
            List<Integer> found = new ArrayList<>();
            found.add(0);
            for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
                found.add(i + 1);
            }
            this.starts = found.stream().mapToInt(Integer::intValue).toArray();
        }

        /** The 1-based line of an offset. */
        int line(int offset) {
            int at = Arrays.binarySearch(starts, Math.min(offset, text.length()));
            return at >= 0 ? at + 1 : -at - 1;
        }

        /** The 1-based column of an offset, in UTF-16 units. */
        int column(int offset) {
            return Math.min(offset, text.length()) - start(line(offset)) + 1;
        }

        /** The offset at which a line begins. */
        int start(int line) {
            return starts[line - 1];
        }

        /** A line without its end. */
        String text(int line) {
            int end = line < starts.length ? starts[line] - 1 : text.length();
            int start = start(line);
            return text.substring(start, end > start && text.charAt(end - 1) == '\r' ? end - 1 : end);
        }
    }
}
