package dev.nnd.grammar;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.ATN;
import org.antlr.v4.runtime.atn.ATNState;
import org.antlr.v4.runtime.atn.PrecedencePredicateTransition;
import org.antlr.v4.runtime.atn.RuleStartState;
import org.antlr.v4.runtime.atn.RuleStopState;
import org.antlr.v4.runtime.atn.RuleTransition;
import org.antlr.v4.runtime.atn.Transition;
import org.jspecify.annotations.Nullable;

/**
 * What could stand at a place, in a person's words. ANTLR's own set holds every single token, and after a decision over
 * several tokens it is that of the decision's start; this walks the grammar's network over the tokens that were read.
 */
final class ExpectedTokens {

    /** A walk that has seen this many states gives up: the message then names no expectation. */
    private static final int LIMIT = 20_000;

    /** Rules that are named instead of the tokens they may begin with. */
    private static final Map<Integer, String> GROUPS = Map.ofEntries(
            Map.entry(NndParser.RULE_name, "a name"),
            Map.entry(NndParser.RULE_word, "a name"),
            Map.entry(NndParser.RULE_typeName, "a name"),
            Map.entry(NndParser.RULE_axis, "an axis"),
            Map.entry(NndParser.RULE_axisPart, "an axis"),
            Map.entry(NndParser.RULE_qualifiedName, "a name"),
            Map.entry(NndParser.RULE_type, "a type"),
            Map.entry(NndParser.RULE_dim, "a dimension"),
            Map.entry(NndParser.RULE_expression, "an expression"),
            Map.entry(NndParser.RULE_operand, "an expression"),
            Map.entry(NndParser.RULE_postfix, "an expression"),
            Map.entry(NndParser.RULE_primary, "an expression"),
            Map.entry(NndParser.RULE_argument, "an expression"),
            Map.entry(NndParser.RULE_indexItem, "an index"),
            Map.entry(NndParser.RULE_stage, "a block or function"),
            Map.entry(NndParser.RULE_statement, "a statement"),
            Map.entry(NndParser.RULE_dataItem, "a statement"),
            Map.entry(NndParser.RULE_trainItem, "a statement"),
            Map.entry(NndParser.RULE_tuneItem, "a statement"),
            Map.entry(NndParser.RULE_declaration, "a declaration"),
            Map.entry(NndParser.RULE_splitPart, "a part such as `train 90%`"),
            Map.entry(NndParser.RULE_parameter, "a parameter"),
            Map.entry(NndParser.RULE_mappingEntry, "a pair of names"));

    private static final Set<Integer> EXPRESSION_RULES =
            Set.of(NndParser.RULE_expression, NndParser.RULE_operand, NndParser.RULE_postfix, NndParser.RULE_stage);

    /** What may go on with a complete expression; rarely what was meant, so it is left out if there is anything else. */
    private static final Set<Integer> OPERATORS = Set.of(
            NndParser.POWER,
            NndParser.STAR,
            NndParser.SLASH,
            NndParser.REMAINDER,
            NndParser.PLUS,
            NndParser.MINUS,
            NndParser.RANGE,
            NndParser.EQUAL,
            NndParser.NOT_EQUAL,
            NndParser.LESS,
            NndParser.LESS_EQUAL,
            NndParser.GREATER,
            NndParser.GREATER_EQUAL,
            NndParser.AND,
            NndParser.OR,
            NndParser.ARROW,
            NndParser.AS,
            NndParser.DOT,
            NndParser.LPAREN,
            NndParser.LBRACK);

    /**
     * What was found.
     *
     * @param groups phrases such as {@code a name}
     * @param tokens token types, without operators
     * @param operators true if an operator could stand there too
     */
    record Expectation(TreeSet<String> groups, TreeSet<Integer> tokens, boolean operators) {}

    private record Frame(
            ATNState follow, int precedence, @Nullable Frame below) {}

    private record Place(
            ATNState state, int precedence, @Nullable Frame stack) {}

    private final ATN atn;

    ExpectedTokens(ATN atn) {
        this.atn = atn;
    }

    /** True if the rule is named as a whole. */
    static boolean group(int rule) {
        return GROUPS.containsKey(rule);
    }

    /** Walks from a state over the token types {@code read}, and collects what could come next. */
    Expectation after(int state, RuleContext context, List<Integer> read) {
        var here = new HashSet<Place>();
        here.add(new Place(atn.states.get(state), 0, stackOf(context)));
        Set<Place> places = here;
        for (int type : read) {
            Set<Place> next = advance(places, type);
            if (next.isEmpty()) {
                break;
            }
            places = next;
        }
        return collect(places);
    }

    private @Nullable Frame stackOf(RuleContext context) {
        RuleContext parent = context.parent;
        if (parent == null || context.invokingState < 0) {
            return null;
        }
        var call = (RuleTransition) atn.states.get(context.invokingState).transition(0);
        return new Frame(call.followState, 0, stackOf(parent));
    }

    private Set<Place> advance(Set<Place> places, int type) {
        var next = new HashSet<Place>();
        walk(places, false, new Visitor() {
            @Override
            public void token(Place place, Transition transition) {
                if (transition.matches(type, Token.MIN_USER_TOKEN_TYPE, atn.maxTokenType)) {
                    next.add(new Place(transition.target, place.precedence, place.stack));
                }
            }

            @Override
            public void group(String phrase) {
                throw new AssertionError("groups are entered on the way");
            }
        });
        return next;
    }

    private Expectation collect(Set<Place> places) {
        var groups = new TreeSet<String>();
        var tokens = new TreeSet<Integer>();
        var operators = new boolean[1];
        walk(places, true, new Visitor() {
            @Override
            public void token(Place place, Transition transition) {
                int rule = place.state.ruleIndex;
                for (int type : transition.label().toList()) {
                    if (rule == NndParser.RULE_unit || EXPRESSION_RULES.contains(rule) && OPERATORS.contains(type)) {
                        operators[0] = true;
                    } else {
                        tokens.add(type);
                    }
                }
            }

            @Override
            public void group(String phrase) {
                groups.add(phrase);
            }
        });
        return new Expectation(groups, tokens, operators[0]);
    }

    private interface Visitor {
        void token(Place place, Transition transition);

        void group(String phrase);
    }

    private void walk(Set<Place> from, boolean stopAtGroups, Visitor visitor) {
        var seen = new HashSet<>(from);
        var open = new ArrayDeque<>(from);
        while (!open.isEmpty() && seen.size() < LIMIT) {
            Place place = open.pop();
            if (place.state instanceof RuleStopState) {
                Frame top = place.stack;
                if (top != null) {
                    push(new Place(top.follow, top.precedence, top.below), seen, open);
                }
                continue;
            }
            for (Transition transition : place.state.getTransitions()) {
                String phrase =
                        stopAtGroups && transition instanceof RuleTransition call ? GROUPS.get(call.ruleIndex) : null;
                if (phrase != null) {
                    visitor.group(phrase);
                } else if (!transition.isEpsilon()) {
                    visitor.token(place, transition);
                } else {
                    follow(place, transition, seen, open);
                }
            }
        }
    }

    private static void follow(Place place, Transition transition, Set<Place> seen, ArrayDeque<Place> open) {
        switch (transition) {
            case RuleTransition call -> {
                var frame = new Frame(call.followState, place.precedence, place.stack);
                assert call.target instanceof RuleStartState;
                push(new Place(call.target, call.precedence, frame), seen, open);
            }
            case PrecedencePredicateTransition predicate -> {
                if (predicate.precedence >= place.precedence) {
                    push(new Place(predicate.target, place.precedence, place.stack), seen, open);
                }
            }
            default -> push(new Place(transition.target, place.precedence, place.stack), seen, open);
        }
    }

    private static void push(Place place, Set<Place> seen, ArrayDeque<Place> open) {
        if (seen.add(place)) {
            open.push(place);
        }
    }
}
