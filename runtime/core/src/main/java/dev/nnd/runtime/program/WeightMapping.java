package dev.nnd.runtime.program;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns names of weights in a file into those of a model. In a pattern {@code *} stands for characters without a dot,
 * {@code **} for any characters, <code>{i}</code> for one part between dots. The first rule that matches a name counts; a
 * name that none matches stays as it is.
 */
public final class WeightMapping {

    private static final Pattern WILDCARD = Pattern.compile("\\*\\*|\\*|\\{([A-Za-z_]\\w*)}");

    private record Rule(Pattern file, List<String> groups, String here) {}

    private final List<Rule> rules = new ArrayList<>();

    /** Adds a rule. */
    public void add(String file, String here) {
        var expression = new StringBuilder();
        var groups = new ArrayList<String>();
        int end = 0;
        Matcher wildcards = WILDCARD.matcher(file);
        while (wildcards.find()) {
            expression.append(Pattern.quote(file.substring(end, wildcards.start())));
            expression.append(
                    switch (wildcards.group()) {
                        case "**" -> "(.*)";
                        case "*" -> "([^.]*)";
                        default -> "([^.]+)";
                    });
            groups.add(wildcards.group().startsWith("*") ? "*" : wildcards.group());
            end = wildcards.end();
        }
        expression.append(Pattern.quote(file.substring(end)));
        rules.add(new Rule(Pattern.compile(expression.toString()), groups, here));
    }

    /** What a name of the file is in the model. */
    String here(String name) {
        for (var rule : rules) {
            Matcher matcher = rule.file.matcher(name);
            if (matcher.matches()) {
                return filled(rule, matcher.toMatchResult());
            }
        }
        return name;
    }

    /** Stars are taken in order, names by name. */
    private static String filled(Rule rule, MatchResult match) {
        var stars = new ArrayList<String>();
        var named = new LinkedHashMap<String, String>();
        for (int i = 0; i < rule.groups.size(); i++) {
            if (rule.groups.get(i).equals("*")) {
                stars.add(match.group(i + 1));
            } else {
                named.put(rule.groups.get(i), match.group(i + 1));
            }
        }
        var text = new StringBuilder();
        Matcher wildcards = WILDCARD.matcher(rule.here);
        int star = 0;
        while (wildcards.find()) {
            String value = wildcards.group().startsWith("*")
                    ? (star < stars.size() ? stars.get(star++) : "")
                    : named.getOrDefault(wildcards.group(), wildcards.group());
            wildcards.appendReplacement(text, Matcher.quoteReplacement(value));
        }
        return wildcards.appendTail(text).toString();
    }
}
