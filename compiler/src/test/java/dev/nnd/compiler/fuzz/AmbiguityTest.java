package dev.nnd.compiler.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Seed;
import dev.nnd.grammar.NndGrammar;
import dev.nnd.grammar.NndLexer;
import dev.nnd.grammar.NndParser;
import dev.nnd.grammar.SourceFile;
import java.util.BitSet;
import java.util.Random;
import java.util.TreeMap;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.DiagnosticErrorListener;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.atn.ATNConfigSet;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.dfa.DFA;
import org.junit.jupiter.api.Test;

/** No text can be read in two ways: ANTLR's exact detection finds none in any text of the project or derived one. */
class AmbiguityTest {

    private static final int DERIVED = Integer.getInteger("nnd.derivations", 400);

    /**
     * {@code batch 2 epochs metric [x]}: the word behind a number could be its unit or the next setting, and keywords may
     * be names. Where both readings are possible it is the unit; no program of the project leaves the choice.
     */
    private static final String UNIT = "operand {1, 2}";

    private final TreeMap<String, String> found = new TreeMap<>();

    @Test
    void noTextReadsTwoWays() {
        Corpus.valid().forEach(this::parse);
        assertEquals("{}", found.toString());
        long seed = Seed.fresh();
        var derivations = new Derivations(new Random(seed));
        int parsed = 0;
        for (int i = 0; i < DERIVED; i++) {
            var text = new SourceFile("derived.nnd", derivations.next());
            if (NndGrammar.parse(text).problems().isEmpty()) {
                parse(text);
                parsed++;
            }
        }
        found.remove(UNIT);
        assertEquals("{}", found.toString(), "seed " + seed);
        assertTrue(parsed > DERIVED / 4, parsed + " derivations parse");
    }

    private void parse(SourceFile file) {
        var lexer = new NndLexer(CharStreams.fromString(file.text().replace("\uFEFF", "")));
        var parser = new NndParser(new CommonTokenStream(lexer));
        parser.removeErrorListeners();
        parser.addErrorListener(new DiagnosticErrorListener(true) {
            @Override
            public void reportAmbiguity(
                    Parser recognizer,
                    DFA dfa,
                    int start,
                    int stop,
                    boolean exact,
                    BitSet alternatives,
                    ATNConfigSet configs) {
                String rule = recognizer.getRuleNames()[dfa.atnStartState.ruleIndex];
                int line = recognizer.getTokenStream().get(start).getLine();
                String words = recognizer
                        .getTokenStream()
                        .getText(
                                recognizer.getTokenStream().get(start),
                                recognizer.getTokenStream().get(stop));
                found.putIfAbsent(rule + " " + alternatives, file.name() + ":" + line + " `" + words + "`");
            }
        });
        parser.getInterpreter().setPredictionMode(PredictionMode.LL_EXACT_AMBIG_DETECTION);
        parser.file();
    }
}
