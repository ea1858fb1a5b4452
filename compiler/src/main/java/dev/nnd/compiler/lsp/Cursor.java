package dev.nnd.compiler.lsp;

import dev.nnd.compiler.parse.Lexeme;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where a cursor stands, told from the words before it alone: what is behind it may be half-typed. */
final class Cursor {

    private static final Set<String> SECTIONS = Set.of("block", "model", "fn", "data", "train", "tune");

    private final List<Lexeme> before;
    private final String prefix;
    private final boolean quiet;
    private final boolean string;
    private final Deque<Integer> open = new ArrayDeque<>();
    private int section = -1;

    private Cursor(List<Lexeme> before, String prefix, boolean quiet, boolean string) {
        this.before = before;
        this.prefix = prefix;
        this.quiet = quiet;
        this.string = string;
        scan();
    }

    static Cursor at(Document document, int offset) {
        List<Lexeme> all = Lexeme.of(document.source());
        int count = 0;
        boolean quiet = false;
        boolean string = false;
        for (Lexeme lexeme : all) {
            boolean inside =
                    lexeme.span().start() < offset && offset < lexeme.span().end();
            boolean comment = lexeme.kind() == Lexeme.Kind.COMMENT || lexeme.kind() == Lexeme.Kind.DOC;
            quiet |= comment && (inside || lexeme.span().end() == offset);
            quiet |= lexeme.kind() == Lexeme.Kind.NUMBER && lexeme.span().end() == offset;
            boolean unclosed = lexeme.kind() == Lexeme.Kind.STRING
                    && lexeme.span().end() == offset
                    && !(lexeme.text().length() > 1 && lexeme.text().endsWith("\""));
            string |= lexeme.kind() == Lexeme.Kind.STRING && (inside || unclosed);
            if (lexeme.span().end() <= offset) {
                count++;
            }
        }
        List<Lexeme> before = all.subList(0, count).stream()
                .filter(l -> l.kind() != Lexeme.Kind.COMMENT && l.kind() != Lexeme.Kind.DOC)
                .toList();
        String text = document.text();
        int start = offset;
        while (start > 0 && Character.isJavaIdentifierPart(text.charAt(start - 1))) {
            start--;
        }
        boolean touching = !before.isEmpty()
                && before.getLast().isWord()
                && before.getLast().span().end() == offset;
        return new Cursor(
                touching ? before.subList(0, before.size() - 1) : before, text.substring(start, offset), quiet, string);
    }

    private void scan() {
        for (int i = 0; i < before.size(); i++) {
            Lexeme lexeme = before.get(i);
            boolean starts = open.isEmpty() && SECTIONS.contains(lexeme.text()) && isDeclaration(i);
            if (starts) {
                section = i;
            }
            switch (lexeme.kind() == Lexeme.Kind.SYMBOL ? lexeme.text() : "") {
                case "(", "[", "{" -> open.push(i);
                case ")", "]", "}" -> close(lexeme.text());
                default -> {}
            }
        }
    }

    /** A keyword at the top followed by a name, or at the very end. */
    private boolean isDeclaration(int i) {
        boolean named = i + 1 < before.size() && before.get(i + 1).isWord();
        boolean afterName = i > 0
                && (before.get(i - 1).is(".")
                        || SECTIONS.contains(before.get(i - 1).text()) && section == i - 1
                        || before.get(i - 1).is("import")
                        || before.get(i - 1).is("package"));
        return (named || i + 1 == before.size()) && !afterName;
    }

    private void close(String bracket) {
        String opener = bracket.equals(")") ? "(" : bracket.equals("]") ? "[" : "{";
        if (open.stream().noneMatch(i -> before.get(i).is(opener))) {
            return;
        }
        // An inner bracket that was never closed ends with the outer one.
        while (!before.get(open.pop()).is(opener)) {
            continue;
        }
    }

    /** The letters of the word that is being typed. */
    String prefix() {
        return prefix;
    }

    /** True in comments, documentation and numbers. */
    boolean quiet() {
        return quiet;
    }

    boolean inString() {
        return string;
    }

    List<Lexeme> before() {
        return before;
    }

    /** The word or symbol before the cursor, counted back from 1; empty text if there is none. */
    String back(int n) {
        return n <= before.size() ? before.get(before.size() - n).text() : "";
    }

    private boolean isWord(int n) {
        return n <= before.size() && before.get(before.size() - n).isWord();
    }

    /** {@code block}, {@code train}, ...: the kind of declaration around the cursor; {@code file} at the top. */
    String section() {
        if (section < 0) {
            return "file";
        }
        boolean ended = open.isEmpty() && !header();
        return ended ? "file" : before.get(section).text();
    }

    /** The first word of the declaration around the cursor. */
    int sectionStart() {
        return Math.max(section, 0);
    }

    /** True between the name of a declaration and its brace. */
    boolean header() {
        return section >= 0
                && before.subList(section, before.size()).stream()
                        .noneMatch(l -> l.is("{") || l.is("=") && open.isEmpty());
    }

    /** The innermost open bracket; empty text if there is none. */
    String bracket() {
        return open.isEmpty() ? "" : before.get(open.peek()).text();
    }

    /** The word before the innermost open bracket: {@code Dense} in {@code Dense(10, |}. */
    Optional<String> owner() {
        return open.isEmpty() ? Optional.empty() : owner(open.peek());
    }

    private Optional<String> owner(int bracket) {
        return bracket > 0 && before.get(bracket - 1).isWord()
                ? Optional.of(before.get(bracket - 1).text())
                : Optional.empty();
    }

    /** The innermost call around the cursor, if only brackets of lists are between. */
    Optional<Call> call() {
        for (int bracket : open) {
            if (before.get(bracket).is("{")) {
                return Optional.empty();
            }
            if (before.get(bracket).is("(") && owner(bracket).isPresent()) {
                boolean declares = header() && bracket == section + 2;
                return declares ? Optional.empty() : Optional.of(made(bracket));
            }
        }
        return Optional.empty();
    }

    /**
     * A call that is being written.
     *
     * @param name what is called
     * @param piped true behind an arrow: a function's first parameter is given already
     * @param index how many commas are before the cursor
     * @param named the argument's name, if the cursor is behind {@code name:}
     * @param given the names given so far
     */
    record Call(String name, boolean piped, int index, Optional<String> named, List<String> given) {}

    private Call made(int bracket) {
        int depth = 0;
        int commas = 0;
        int start = bracket + 1;
        var given = new java.util.ArrayList<String>();
        for (int i = bracket + 1; i < before.size(); i++) {
            Lexeme l = before.get(i);
            if (l.is("(") || l.is("[")) {
                depth++;
            } else if (l.is(")") || l.is("]")) {
                depth--;
            } else if (l.is(",") && depth == 0) {
                commas++;
                start = i + 1;
            } else if (l.is(":")
                    && depth == 0
                    && i == start + 1
                    && before.get(start).isWord()) {
                given.add(before.get(start).text());
            }
        }
        boolean named = start + 1 < before.size()
                && before.get(start).isWord()
                && before.get(start + 1).is(":");
        boolean piped = bracket >= 2 && before.get(bracket - 2).is("->");
        return new Call(
                before.get(bracket - 1).text(),
                piped,
                commas,
                named ? Optional.of(before.get(start).text()) : Optional.empty(),
                given);
    }

    /** True where a type is written: behind the colon of an input, a field, a parameter. */
    boolean inType() {
        if (!back(1).equals(":") || !isWord(2)) {
            return false;
        }
        if (header() && bracket().equals("(")) {
            return true;
        }
        return bracket().equals("{")
                && Set.of("input", "output", "param", "field", "let").contains(back(3));
    }

    /** True between the brackets of a tensor type. */
    boolean inDims() {
        Optional<String> owner = bracket().equals("[") ? owner() : Optional.empty();
        return owner.filter(o -> dev.nnd.compiler.check.Vocabulary.dtypes().contains(o))
                .isPresent();
    }

    /** The words of the expression before a dot: {@code [bert, (]} for {@code bert(tokens).|}. */
    List<String> target() {
        int i = before.size() - 2;
        var words = new ArrayDeque<String>();
        while (i >= 0) {
            if (before.get(i).is(")")) {
                i = opening(i);
                words.push("(");
                i--;
            } else if (before.get(i).isWord()) {
                words.push(before.get(i).text());
                if (i == 0 || !before.get(i - 1).is(".")) {
                    break;
                }
                i -= 2;
            } else {
                break;
            }
        }
        return List.copyOf(words);
    }

    private int opening(int close) {
        int depth = 0;
        for (int i = close; i >= 0; i--) {
            if (before.get(i).is(")")) {
                depth++;
            } else if (before.get(i).is("(") && --depth == 0) {
                return i;
            }
        }
        return 0;
    }
}
