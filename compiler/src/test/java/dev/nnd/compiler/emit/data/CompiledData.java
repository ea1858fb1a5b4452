package dev.nnd.compiler.emit.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.compiler.cli.output.InMemoryJava;
import dev.nnd.grammar.SourceFile;
import dev.nnd.runtime.NndException;
import dev.nnd.runtime.data.BatchFeed;
import dev.nnd.runtime.data.DataSession;
import dev.nnd.runtime.data.Dataset;
import dev.nnd.runtime.data.FieldSpec;
import dev.nnd.runtime.data.RowSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Data sections that are compiled to Java, loaded, and run over the files of a folder. */
final class CompiledData {
    private static final long MEMORY = 1 << 24;

    private CompiledData() {}

    /** The class of the section {@code D} with these items. */
    static Class<?> type(String items) throws Exception {
        String text = "data D {\n" + items + "\n}";
        var result = new Compiler().compile(new CompilerRun(List.of(new SourceFile("d.nnd", text)), List.of()));
        assertEquals(List.of(), result.diagnostics(), text);
        return InMemoryJava.compile(result.files(), System.getProperty("java.class.path"), "-Xlint:all", "-Werror")
                .loader(CompiledData.class.getClassLoader())
                .loadClass("D");
    }

    static Dataset of(String items) throws Exception {
        return (Dataset) type(items).getConstructor().newInstance();
    }

    /** A field of all rows of a part, in the order of the source. */
    static float[] floats(Dataset data, Path folder, String part, int field) throws Exception {
        try (var session = DataSession.open(data, folder, MEMORY)) {
            session.learn();
            return MemorySegment.ofArray(bytes(data, session.split(part).orElseThrow(), field))
                    .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        }
    }

    /** The same of whole numbers and labels. */
    static int[] ints(Dataset data, Path folder, String part, int field) throws Exception {
        try (var session = DataSession.open(data, folder, MEMORY)) {
            session.learn();
            return MemorySegment.ofArray(bytes(data, session.split(part).orElseThrow(), field))
                    .toArray(ValueLayout.JAVA_INT_UNALIGNED);
        }
    }

    /** What a user is told who reads the files. */
    static String error(String items, Path folder) throws Exception {
        Dataset data = of(items);
        try (var session = DataSession.open(data, folder, MEMORY)) {
            var e = assertThrows(NndException.class, () -> {
                session.split("train");
                session.learn();
            });
            return e.getMessage();
        }
    }

    static List<String> warnings(Dataset data, Path folder) {
        try (var session = DataSession.open(data, folder, MEMORY)) {
            session.split("train");
            return session.learn();
        }
    }

    static byte[] bytes(Dataset data, RowSet rows, int field) throws InterruptedException {
        try (var arena = Arena.ofConfined();
                var feed = BatchFeed.inOrder(data, rows, rows.size())) {
            int n = feed.next();
            var all = new ArrayList<MemorySegment>();
            for (FieldSpec spec : data.fields()) {
                all.add(arena.allocate(Math.max(1, n * spec.bytes()), 8));
            }
            feed.take(all);
            return all.get(field).toArray(ValueLayout.JAVA_BYTE);
        }
    }
}
