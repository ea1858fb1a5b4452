package dev.nnd.grammar.format;

import java.util.List;

/** A token on its way to the page, with the comments that stand between it and the token before it. */
final class Word {

    /**
     * A comment.
     *
     * @param breaks line breaks between it and what is before it
     */
    record Comment(String text, int breaks, Place place) {}

    /**
     * Where something stood in the original.
     *
     * @param row the number of its line among the lines with code; one more is left out for a blank line
     * @param blanks spaces between it and what is before it on its line; 0 if something else is there
     */
    record Place(int row, int column, int blanks) {}

    private final int type;
    private final String text;
    private final List<Comment> comments;
    private final int breaks;
    private final Place place;
    private final Construct owner;
    private final boolean spaced;

    /**
     * @param breaks line breaks between it and what is before it, be it a token or a comment
     * @param owner the smallest construct that holds it and the word before it
     * @param spaced true if a space is due before it on a line
     */
    Word(int type, String text, List<Comment> comments, int breaks, Place place, Construct owner, boolean spaced) {
        this.type = type;
        this.text = text;
        this.comments = List.copyOf(comments);
        this.breaks = breaks;
        this.place = place;
        this.owner = owner;
        this.spaced = spaced;
    }

    int type() {
        return type;
    }

    String text() {
        return text;
    }

    List<Comment> comments() {
        return comments;
    }

    /** True if the author began a line with it. */
    boolean broken() {
        return breaks > 0 || !comments.isEmpty();
    }

    int breaks() {
        return breaks;
    }

    Place place() {
        return place;
    }

    Construct owner() {
        return owner;
    }

    boolean spaced() {
        return spaced;
    }

    /** Its width with the space before it. */
    int advance() {
        return text.length() + (spaced ? 1 : 0);
    }
}
