package dev.nnd.grammar.format;

import dev.nnd.grammar.NndLexer;
import dev.nnd.grammar.NndParser;
import dev.nnd.grammar.ParsedFile;
import dev.nnd.grammar.format.Construct.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/** The words of a text and the constructs that they form: all that the layout needs to know of the grammar. */
final class Outline {

    private final List<Word> words = new ArrayList<>();
    private final List<Construct> constructs = new ArrayList<>();
    private final Gaps gaps;
    private final List<Token> tokens;
    private Construct top;
    private Construct lowest;
    private @Nullable Token previous;
    private boolean tightNext;

    private Outline(ParsedFile parsed) {
        this.gaps = new Gaps(parsed);
        this.tokens = parsed.tokens().getTokens();
        this.top = new Construct(Kind.FILE, null, 0);
        this.lowest = top;
        constructs.add(top);
    }

    static Outline of(ParsedFile parsed) {
        var outline = new Outline(parsed);
        outline.visit(parsed.tree());
        return outline;
    }

    /** All words; the last one is the empty word at the end of the file. */
    List<Word> words() {
        return words;
    }

    /** All constructs, outer ones before those inside them, left before right. */
    List<Construct> constructs() {
        return constructs;
    }

    private void visit(ParserRuleContext context) {
        Kind kind = kind(context);
        if (kind != null) {
            open(kind);
        }
        for (int i = 0; i < context.getChildCount(); i++) {
            ParseTree child = context.getChild(i);
            if (child instanceof TerminalNode terminal) {
                word(context, terminal.getSymbol());
            } else {
                if (context.getRuleIndex() == NndParser.RULE_mapping
                        && child instanceof NndParser.MappingEntryContext) {
                    top.mayBreak(words.size(), true);
                }
                visit((ParserRuleContext) child);
            }
        }
        if (kind != null) {
            close();
        }
    }

    private void open(Kind kind) {
        top = new Construct(kind, top, words.size());
        constructs.add(top);
    }

    private void close() {
        top.endsAt(words.size() - 1);
        top = Objects.requireNonNull(top.parent());
        if (top.depth() < lowest.depth()) {
            lowest = top;
        }
    }

    private static @Nullable Kind kind(ParserRuleContext context) {
        return switch (context.getRuleIndex()) {
            case NndParser.RULE_declaration,
                    NndParser.RULE_packageDeclaration,
                    NndParser.RULE_importDeclaration,
                    NndParser.RULE_statement,
                    NndParser.RULE_dataItem,
                    NndParser.RULE_trainItem,
                    NndParser.RULE_tuneItem -> Kind.STATEMENT;
            case NndParser.RULE_body, NndParser.RULE_dataBody, NndParser.RULE_trainBody, NndParser.RULE_tuneBody ->
                Kind.BODY;
            case NndParser.RULE_expression ->
                switch (context) {
                    case NndParser.ConditionalExpressionContext c -> Kind.CONDITION;
                    case NndParser.PipeExpressionContext c when !c.ARROW().isEmpty() -> Kind.PIPE;
                    default -> null;
                };
            case NndParser.RULE_operand -> startsChain(context) ? Kind.CHAIN : null;
            default -> null;
        };
    }

    /** True for {@code (a + b) + c} as a whole, not for the {@code a + b} in it. */
    private static boolean startsChain(ParserRuleContext context) {
        if (!(context instanceof NndParser.BinaryOperandContext binary)) {
            return false;
        }
        boolean inside = binary.getParent() instanceof NndParser.BinaryOperandContext outer
                && outer.operand(0).equals(binary)
                && strength(operator(outer)) == strength(operator(binary));
        return !inside;
    }

    private static int operator(NndParser.BinaryOperandContext binary) {
        return ((TerminalNode) binary.getChild(1)).getSymbol().getType();
    }

    private static int strength(int operator) {
        return switch (operator) {
            case NndLexer.POWER -> 6;
            case NndLexer.STAR, NndLexer.SLASH, NndLexer.REMAINDER -> 5;
            case NndLexer.PLUS, NndLexer.MINUS -> 4;
            case NndLexer.RANGE -> 3;
            case NndLexer.AND -> 1;
            case NndLexer.OR -> 0;
            default -> 2;
        };
    }

    private void word(ParserRuleContext context, Token token) {
        int type = token.getType();
        if (type == NndLexer.COMMA && Formatter.closesNext(tokens, token.getTokenIndex()) && !lonely(context)) {
            gaps.skip(token);
            return;
        }
        if (type == NndLexer.COLON && context instanceof NndParser.OnErrorItemContext) {
            gaps.skip(token);
            return;
        }
        int index = words.size();
        boolean opens = opens(context, type);
        boolean closes = type == NndLexer.RPAREN || type == NndLexer.RBRACK || opensMapping(context, type, false);
        if (closes) {
            top.mayBreak(index, false);
        }
        breaksBefore(context, type, index);
        add(context, token);
        if (opens) {
            open(Kind.BRACKET, index, context);
        } else if (closes) {
            close();
            lowest = top;
        } else {
            breaksAfter(context, type, index + 1);
        }
    }

    /** The comma of {@code (x,)}, which is an error of a later stage. */
    private static boolean lonely(ParserRuleContext context) {
        return context instanceof NndParser.GroupPrimaryContext group
                && group.expression().size() == 1;
    }

    private static boolean opens(ParserRuleContext context, int type) {
        return type == NndLexer.LPAREN || type == NndLexer.LBRACK || opensMapping(context, type, true);
    }

    private static boolean opensMapping(ParserRuleContext context, int type, boolean open) {
        return context.getRuleIndex() == NndParser.RULE_mapping && type == (open ? NndLexer.LBRACE : NndLexer.RBRACE);
    }

    private void open(Kind kind, int index, ParserRuleContext context) {
        top = new Construct(kind, top, index);
        constructs.add(top);
        lowest = top;
        boolean items = items(context);
        top.mayBreak(index + 1, items);
        top.commaAtEnd(items && !(context instanceof NndParser.MappingContext mapping && !commas(mapping)));
    }

    private static boolean commas(NndParser.MappingContext mapping) {
        return !mapping.mappingEntry().isEmpty()
                && mapping.COMMA().size() >= mapping.mappingEntry().size() - 1;
    }

    /** True for brackets around items, as opposed to those that only group, or hold axes. */
    private static boolean items(ParserRuleContext context) {
        return switch (context) {
            case NndParser.GroupPrimaryContext group -> group.expression().size() > 1;
            case NndParser.AxisContext axis -> false;
            case NndParser.RearrangePrimaryContext rearrange -> false;
            case NndParser.EinsumPrimaryContext einsum -> false;
            case NndParser.ListTypeContext list -> false;
            case NndParser.ParametersContext parameters ->
                !parameters.parameter().isEmpty();
            case NndParser.CallPostfixContext call -> !call.argument().isEmpty();
            case NndParser.FunctionTypeContext function -> !function.type().isEmpty();
            case NndParser.ListPrimaryContext list -> !list.expression().isEmpty();
            default -> true;
        };
    }

    private void breaksBefore(ParserRuleContext context, int type, int index) {
        boolean own = top.first() < index;
        switch (top.kind()) {
            case FILE -> {}
            case BODY -> {}
            case PIPE -> {
                if (type == NndLexer.ARROW && context.getRuleIndex() == NndParser.RULE_expression) {
                    top.mayBreak(index, true);
                }
            }
            case CHAIN -> {
                if (context instanceof NndParser.BinaryOperandContext && own && type != NndLexer.RANGE) {
                    int strength = strength(type);
                    top.mayBreak(index, strength == 4 || strength <= 1);
                }
            }
            case CONDITION -> {
                boolean word = type == NndLexer.THEN || type == NndLexer.ELSE;
                if (word && context.getRuleIndex() == NndParser.RULE_expression) {
                    top.mayBreak(index, true);
                }
            }
            case STATEMENT -> statementBreak(context, type, index);
            case BRACKET -> {}
        }
    }

    private void statementBreak(ParserRuleContext context, int type, int index) {
        boolean name = context.getRuleIndex() == NndParser.RULE_typeName
                || context.getRuleIndex() == NndParser.RULE_name
                || context.getRuleIndex() == NndParser.RULE_word;
        if (name || top.first() == index) {
            return;
        }
        switch (type) {
            case NndLexer.OVER, NndLexer.USING -> top.mayBreak(index, true);
            case NndLexer.FROM,
                    NndLexer.FROZEN,
                    NndLexer.MAPPING,
                    NndLexer.STRATIFIED,
                    NndLexer.GROUPED,
                    NndLexer.PATIENCE -> top.mayBreak(index, false);
            default -> {}
        }
    }

    private void breaksAfter(ParserRuleContext context, int type, int next) {
        if (type == NndLexer.COMMA && (top.kind() == Kind.BRACKET || top.kind() == Kind.STATEMENT)) {
            boolean over = context.getParent() instanceof NndParser.MinimizeItemContext;
            top.mayBreak(next, top.kind() == Kind.STATEMENT ? !over : !top.due().isEmpty());
        } else if (type == NndLexer.ASSIGN && top.kind() == Kind.STATEMENT) {
            top.mayBreak(next, context.getRuleIndex() == NndParser.RULE_functionDeclaration);
        }
    }

    private void add(ParserRuleContext context, Token token) {
        int type = token.getType();
        int before = words.isEmpty() ? Token.INVALID_TYPE : words.getLast().type();
        boolean spaced = !words.isEmpty() && type != Token.EOF && spaced(context, before, type);
        words.add(gaps.word(previous, token, lowest, spaced));
        lowest = top;
        previous = token;
        tightNext = tightAfter(context, type);
    }

    private boolean spaced(ParserRuleContext context, int before, int type) {
        if (before == NndLexer.COMMA) {
            return true;
        }
        return switch (type) {
            case NndLexer.COMMA, NndLexer.RPAREN, NndLexer.RBRACK, NndLexer.COLON, NndLexer.DOT, NndLexer.RANGE ->
                false;
            case NndLexer.RBRACE -> before != NndLexer.LBRACE;
            case NndLexer.LPAREN -> !tightNext && !tightParenthesis(context);
            case NndLexer.LBRACK -> !tightNext && !tightBracket(context);
            default -> !tightNext;
        };
    }

    private static boolean tightParenthesis(ParserRuleContext context) {
        return context instanceof NndParser.CallPostfixContext
                || context instanceof NndParser.ParametersContext
                || context instanceof NndParser.FunctionTypeContext;
    }

    private static boolean tightBracket(ParserRuleContext context) {
        return context instanceof NndParser.IndexPostfixContext
                || context instanceof NndParser.TensorTypeContext
                || context instanceof NndParser.ClassesTypeContext
                || context instanceof NndParser.RearrangePrimaryContext
                || context instanceof NndParser.EinsumPrimaryContext;
    }

    private static boolean tightAfter(ParserRuleContext context, int type) {
        return switch (type) {
            case NndLexer.LPAREN, NndLexer.LBRACK, NndLexer.DOT, NndLexer.RANGE -> true;
            case NndLexer.MINUS -> context instanceof NndParser.UnaryOperandContext;
            case NndLexer.COLON -> context.getRuleIndex() == NndParser.RULE_indexItem;
            default -> false;
        };
    }
}
