package dev.nnd.compiler.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import dev.nnd.compiler.parse.Parsed;
import dev.nnd.compiler.parse.Parser;
import dev.nnd.compiler.parse.SpanFree;
import dev.nnd.grammar.NndGrammar;
import dev.nnd.grammar.NndLexer;
import dev.nnd.grammar.ParsedFile;
import dev.nnd.grammar.SourceFile;
import dev.nnd.grammar.format.Formatter;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.antlr.v4.runtime.Token;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Formatting changes no program and is done after once; the project's own programs are in style. */
class FormattingTest {

    private static final List<SourceFile> VALID = Corpus.valid();
    private static final int ROUNDS = Integer.getInteger("nnd.comments", 300);

    static Stream<SourceFile> shown() {
        return Corpus.all().stream()
                .filter(f -> f.name().startsWith("../examples") || f.name().startsWith("src/main"));
    }

    @ParameterizedTest
    @MethodSource("shown")
    void libraryAndExamplesAreInStyle(SourceFile file) {
        assertEquals(Formatter.format(file).text(), file.text());
    }

    @Test
    void keepsEveryProgramOfTheProject() {
        VALID.forEach(FormattingTest::formatted);
    }

    /** Comments at random places, lines broken and joined at random. */
    @Test
    void keepsCommentsAnywhere() {
        int formatted = inRounds(Seed.fresh(), random -> shaken(program(random), random));
        assertTrue(formatted > ROUNDS / 2, formatted + " texts");
    }

    /** Names that are keywords, too: what a keyword is depends on what is around it. */
    @Test
    void keepsNamesThatAreKeywords() {
        int formatted = inRounds(Seed.fresh(), random -> shaken(renamed(program(random), random), random));
        assertTrue(formatted > ROUNDS / 2, formatted + " texts");
    }

    /** How many texts were free of syntax errors. */
    private static int inRounds(long seed, Function<Random, SourceFile> texts) {
        var random = new Random(seed);
        int formatted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            SourceFile text = texts.apply(random);
            try {
                formatted += formatted(text) ? 1 : 0;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", round " + round + "\n" + text.text(), e);
            }
        }
        return formatted;
    }

    private static SourceFile program(Random random) {
        return VALID.get(random.nextInt(VALID.size()));
    }

    /** Some names become keywords that may be names. */
    private static SourceFile renamed(SourceFile file, Random random) {
        var text = new StringBuilder();
        int at = 0;
        int rate = 2 + random.nextInt(60);
        for (Token token : NndGrammar.tokens(file)) {
            if (token.getType() == NndLexer.ID && random.nextInt(rate) == 0) {
                int keyword = random.nextInt(NndLexer.PACKAGE, NndLexer.ID);
                String literal = NndLexer.VOCABULARY.getLiteralName(keyword);
                text.append(file.text(), at, token.getStartIndex()).append(literal, 1, literal.length() - 1);
                at = token.getStopIndex() + 1;
            }
        }
        return new SourceFile(
                file.name(), text.append(file.text(), at, file.text().length()).toString());
    }

    private static SourceFile shaken(SourceFile file, Random random) {
        ParsedFile parsed = NndGrammar.parse(file);
        var text = new StringBuilder();
        int at = 0;
        int rate = 2 + random.nextInt(40);
        for (Token token : parsed.tokens().getTokens()) {
            if (token.getType() == Token.EOF) {
                break;
            }
            text.append(file.text(), at, token.getStartIndex())
                    .append(file.text(), token.getStartIndex(), token.getStopIndex() + 1);
            at = token.getStopIndex() + 1;
            boolean comment = token.getText().startsWith("//");
            if (random.nextInt(rate) == 0) {
                text.append(
                        switch (random.nextInt(comment ? 2 : 6)) {
                            case 0 -> "\n";
                            case 1 -> "\n\n\n";
                            case 2 -> " // " + at + "\n";
                            case 3 -> "\n/// " + at + "\n";
                            case 4 -> "   ";
                            default -> "\n//\n\n  // b  \n";
                        });
            }
        }
        return new SourceFile(
                "shaken.nnd", text.append(file.text(), at, file.text().length()).toString());
    }

    /** False if the text has syntax errors. */
    private static boolean formatted(SourceFile file) {
        Parsed before = Parser.parse(file);
        if (!before.problems().isEmpty()) {
            return false;
        }
        SourceFile once = new SourceFile(file.name(), Formatter.format(file).text());
        Parsed after = Parser.parse(once);
        assertEquals(List.of(), after.problems());
        assertEquals(SpanFree.of(before.file()), SpanFree.of(after.file()));
        assertEquals(comments(file), comments(once));
        assertEquals(once.text(), Formatter.format(once).text());
        return true;
    }

    /** Its comments in their order. */
    private static List<String> comments(SourceFile file) {
        return NndGrammar.tokens(file).stream()
                .map(token -> token.getText().stripTrailing())
                .filter(text -> text.startsWith("//"))
                .toList();
    }
}
