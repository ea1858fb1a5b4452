package dev.nnd.grammar;

import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.Token;

/** What the stages of {@link NndGrammar} ask of tokens. */
final class Tokens {

    /** Words that begin a top-level declaration. */
    static final Set<Integer> DECLARATIONS = Set.of(
            NndLexer.BLOCK,
            NndLexer.CHECKPOINT,
            NndLexer.MODEL,
            NndLexer.FN,
            NndLexer.DATA,
            NndLexer.TRAIN,
            NndLexer.TUNE);

    /** Words that begin a statement in a block, model or function. */
    static final Set<Integer> STATEMENTS = Set.of(
            NndLexer.INPUT,
            NndLexer.OUTPUT,
            NndLexer.LET,
            NndLexer.VAR,
            NndLexer.LAYER,
            NndLexer.PARAM,
            NndLexer.BUFFER,
            NndLexer.FOR,
            NndLexer.IF,
            NndLexer.REQUIRE);

    /** Words that begin a statement in a data section. */
    static final Set<Integer> DATA_ITEMS =
            Set.of(NndLexer.SOURCE, NndLexer.SPLIT, NndLexer.FIELD, NndLexer.AUGMENT, NndLexer.ON_ERROR);

    /** Words that begin a statement in a train section. */
    static final Set<Integer> TRAIN_ITEMS = Set.of(
            NndLexer.MODEL,
            NndLexer.DATA,
            NndLexer.LET,
            NndLexer.MINIMIZE,
            NndLexer.METRIC,
            NndLexer.FREEZE,
            NndLexer.ADAPT,
            NndLexer.KEEP,
            NndLexer.STOP,
            NndLexer.CHECKPOINT,
            NndLexer.VALIDATE,
            NndLexer.EPOCHS,
            NndLexer.STEPS,
            NndLexer.BATCH,
            NndLexer.SEED,
            NndLexer.PRECISION,
            NndLexer.ACCUMULATE,
            NndLexer.CLIP_NORM,
            NndLexer.EMA);

    /** Words that begin a statement in a tune section. */
    static final Set<Integer> TUNE_ITEMS = Set.of(
            NndLexer.TRAIN,
            NndLexer.SEARCH,
            NndLexer.MAXIMIZE,
            NndLexer.MINIMIZE,
            NndLexer.TRIALS,
            NndLexer.STRATEGY,
            NndLexer.SEED);

    /** Words that go on with a statement after an expression in it. */
    static final Set<Integer> CONTINUATIONS = Set.of(
            NndLexer.FROM,
            NndLexer.MAPPING,
            NndLexer.FROZEN,
            NndLexer.OVER,
            NndLexer.USING,
            NndLexer.BY,
            NndLexer.PATIENCE,
            NndLexer.KEEP,
            NndLexer.AS,
            NndLexer.IN,
            NndLexer.STRATIFIED,
            NndLexer.GROUPED,
            NndLexer.SEED,
            NndLexer.THEN,
            NndLexer.ELSE,
            NndLexer.AND,
            NndLexer.OR);

    private Tokens() {}

    static Span span(SourceFile file, Token token) {
        int end = Math.max(token.getStartIndex(), token.getStopIndex() + 1);
        return new Span(file, token.getStartIndex(), end);
    }

    /** True for names and all keywords, also those that are not soft. */
    static boolean isWord(int type) {
        return type >= NndLexer.TRUE && type <= NndLexer.ID;
    }

    /** True for words that may be names. */
    static boolean isName(int type) {
        return type >= NndLexer.PACKAGE && type <= NndLexer.ID;
    }

    static boolean opens(int type) {
        return type == NndLexer.LPAREN || type == NndLexer.LBRACK || type == NndLexer.LBRACE;
    }

    static boolean closes(int type) {
        return type == NndLexer.RPAREN || type == NndLexer.RBRACK || type == NndLexer.RBRACE;
    }

    /** The words of some token types, in the order of the grammar. */
    static List<String> words(Set<Integer> types) {
        return types.stream().sorted().map(Tokens::literal).toList();
    }

    /** A keyword or symbol as written. */
    static String literal(int type) {
        String literal = NndLexer.VOCABULARY.getLiteralName(type);
        return literal == null ? NndLexer.VOCABULARY.getDisplayName(type) : literal.substring(1, literal.length() - 1);
    }
}
