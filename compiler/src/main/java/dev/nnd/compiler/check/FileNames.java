package dev.nnd.compiler.check;

import dev.nnd.compiler.typed.TypedData;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The names of a source's files: paths inside the data folder, with globs, that fit their kind. */
final class FileNames {

    private static final int MOST_GLOBS = 200;
    private static final Map<String, TypedData.Format> ENDINGS = endings();

    private final Checking c;

    FileNames(Checking c) {
        this.c = c;
    }

    private static Map<String, TypedData.Format> endings() {
        var endings = new HashMap<String, TypedData.Format>();
        endings.put("csv", TypedData.Format.CSV);
        endings.put("tsv", TypedData.Format.TSV);
        endings.put("jsonl", TypedData.Format.JSONL);
        endings.put("ndjson", TypedData.Format.JSONL);
        endings.put("parquet", TypedData.Format.PARQUET);
        endings.put("npy", TypedData.Format.NPY);
        endings.put("npz", TypedData.Format.NPZ);
        for (String image : List.of("jpg", "jpeg", "png", "gif", "bmp", "webp", "tif", "tiff")) {
            endings.put(image, TypedData.Format.IMAGES);
        }
        return endings;
    }

    /** True if the path can name files of that kind; reports it otherwise. */
    boolean check(String path, TypedData.Format format, Span span, Span word) {
        Optional<Diagnostic> wrong = place(path, span);
        wrong.ifPresent(c::report);
        return wrong.isEmpty() && ending(path, format, span, word);
    }

    private Optional<Diagnostic> place(String path, Span span) {
        String inside = inside(path);
        if (path.contains("://")) {
            return Optional.of(Diagnostic.error("NND0415", span, "a file is in the data folder, and this is an address")
                    .help("fetch it into the data folder and name it there"));
        }
        boolean drive = path.matches("[A-Za-z]:.*");
        if (path.startsWith("/") || path.startsWith("\\") || path.startsWith("~") || drive) {
            return Optional.of(
                    quoted(Diagnostic.error("NND0415", span, "the path \"" + path + "\" is absolute"), span, inside));
        }
        if (path.contains("\\")) {
            return Optional.of(quoted(
                    Diagnostic.error("NND0415", span, "a path is written with `/`, on every system"), span, inside));
        }
        if (List.of(path.split("/", -1)).contains("..")) {
            return Optional.of(quoted(
                    Diagnostic.error("NND0415", span, "the path \"" + path + "\" leaves the data folder"),
                    span,
                    inside));
        }
        return Optional.empty();
    }

    private static Diagnostic quoted(Diagnostic error, Span span, String inside) {
        Diagnostic noted = error.note("files are named from the data folder, so that a program runs on any machine");
        return inside.isBlank() || !span.text().startsWith("\"")
                ? noted.help("name a file inside the data folder")
                : noted.help("write \"" + inside + "\", and say where the data folder is when the program runs")
                        .fix(span, "\"" + inside + "\"");
    }

    /** What a path would be inside the data folder. */
    private static String inside(String path) {
        String plain = path.replace('\\', '/').replaceFirst("^[A-Za-z]:", "").replaceFirst("^~", "");
        String kept = List.of(plain.split("/")).stream()
                .filter(p -> !p.isEmpty() && !p.equals("..") && !p.equals("."))
                .collect(java.util.stream.Collectors.joining("/"));
        return kept.replace("\"", "");
    }

    private boolean ending(String path, TypedData.Format format, Span span, Span word) {
        String plain = path.toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|zip)$", "");
        TypedData.Format promised = ENDINGS.get(plain.substring(plain.lastIndexOf('.') + 1));
        boolean tables = isTable(format) && promised != null && isTable(promised);
        if (promised == null || promised == format || tables || format == TypedData.Format.TEXT && isTable(promised)) {
            return true;
        }
        Diagnostic error = Diagnostic.error(
                        "NND0416",
                        span,
                        "`" + format.text() + "` does not read \"" + path + "\", which is a file of kind `"
                                + promised.text() + "` by its name")
                .label(word, "the kind is written here");
        boolean simple = promised != TypedData.Format.NPY && format != TypedData.Format.IDX;
        c.report(simple ? error.help("write `" + promised.text() + "`").fix(word, promised.text()) : error);
        return false;
    }

    private static boolean isTable(TypedData.Format format) {
        return format == TypedData.Format.CSV || format == TypedData.Format.TSV;
    }

    /** Reports a file that two sources read, or one source twice: rows would be counted twice or be tested on. */
    void overlaps(List<TypedData.Source> sources) {
        var seen = new HashMap<String, TypedData.Source>();
        for (TypedData.Source source : sources) {
            for (String file : rows(source)) {
                TypedData.Source first = seen.putIfAbsent(file, source);
                if (first != null) {
                    overlap(file, file, first, source);
                }
            }
        }
        List<Map.Entry<String, TypedData.Source>> globs = seen.entrySet().stream()
                .filter(e -> isGlob(e.getKey()))
                .limit(MOST_GLOBS)
                .toList();
        for (var glob : globs) {
            for (var other : seen.entrySet()) {
                if (!isGlob(other.getKey()) && matches(glob.getKey(), other.getKey())) {
                    overlap(other.getKey(), glob.getKey(), glob.getValue(), other.getValue());
                }
            }
        }
    }

    /** The files that hold the rows; the labels of IDX are beside them. */
    private static List<String> rows(TypedData.Source source) {
        return source.format() == TypedData.Format.IDX
                ? source.files().stream().limit(1).toList()
                : source.files();
    }

    private void overlap(String file, String pattern, TypedData.Source first, TypedData.Source second) {
        boolean one = first.name().equals(second.name());
        Diagnostic error = Diagnostic.error(
                "NND0417",
                second.span(),
                one
                        ? "the source `" + first.name() + "` reads \"" + file + "\" twice"
                        : "\"" + file + "\" is read by `" + first.name() + "` and by `" + second.name() + "`");
        Diagnostic why = pattern.equals(file) ? error : error.note("\"" + pattern + "\" matches \"" + file + "\"");
        c.report(
                one
                        ? why
                        : why.label(first.span(), "the other source is here")
                                .note("rows that are trained on would be tested on")
                                .help("divide one source instead: `split " + first.name()
                                        + " into train 80%, test 20%`"));
    }

    private static boolean isGlob(String path) {
        return path.indexOf('*') >= 0 || path.indexOf('?') >= 0;
    }

    /** A glob of {@code *}, which stays in its folder, {@code **} and {@code ?}; linear in the product of the lengths. */
    private static boolean matches(String glob, String path) {
        boolean[] reached = new boolean[path.length() + 1];
        reached[0] = true;
        for (int g = 0; g < glob.length(); g++) {
            boolean deep = glob.startsWith("**", g);
            boolean star = glob.charAt(g) == '*';
            boolean[] next = new boolean[path.length() + 1];
            for (int p = 0; p <= path.length(); p++) {
                if (star) {
                    next[p] = reached[p] || (p > 0 && next[p - 1] && (deep || path.charAt(p - 1) != '/'));
                } else if (p > 0 && reached[p - 1]) {
                    char want = glob.charAt(g);
                    next[p] = want == path.charAt(p - 1) || (want == '?' && path.charAt(p - 1) != '/');
                }
            }
            reached = next;
            g += deep ? 1 : 0;
        }
        return reached[path.length()];
    }
}
