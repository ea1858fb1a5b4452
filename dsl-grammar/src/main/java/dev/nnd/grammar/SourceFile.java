package dev.nnd.grammar;

/**
 * One .nnd text and the name it is reported under.
 *
 * @param name the path as the user gave it, with {@code /} between folders; never made absolute
 * @param text the whole text
 */
public record SourceFile(String name, String text) {}
