package dev.nnd.compiler.cli;

import dev.nnd.runtime.generate.Completion;
import dev.nnd.runtime.generate.TokenListener;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints what is generated: one row as it comes, several one after the other. */
final class GeneratedOutput implements TokenListener {

    private static final int UTF8_CONTINUES = 0x80;
    private static final int UTF8_CLASS = 0xC0;
    private static final int LONGEST_CHARACTER = 4;

    private final Terminal terminal;
    private final @Nullable PromptText text;
    private final boolean single;
    private final int[][] prompts;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

    GeneratedOutput(Terminal terminal, @Nullable PromptText text, boolean single, int[][] prompts) {
        this.terminal = terminal;
        this.text = text;
        this.single = single;
        this.prompts = prompts;
        if (single && text != null) {
            for (int token : prompts[0]) {
                print(token);
            }
        }
    }

    @Override
    public void onToken(int row, int token) {
        if (single) {
            print(token);
        }
    }

    private void print(int token) {
        PrintWriter out = terminal.out();
        if (text == null) {
            out.print(token + " ");
        } else {
            pending.writeBytes(text.bytes(token));
            byte[] bytes = pending.toByteArray();
            int whole = wholeCharacters(bytes);
            out.print(new String(bytes, 0, whole, StandardCharsets.UTF_8));
            pending.reset();
            pending.write(bytes, whole, bytes.length - whole);
        }
        out.flush();
    }

    /** How many bytes are whole characters: a token may end inside of one. */
    private static int wholeCharacters(byte[] bytes) {
        int start = bytes.length - 1;
        while (start > 0 && (bytes[start] & UTF8_CLASS) == UTF8_CONTINUES) {
            start--;
        }
        if (start < 0 || bytes[start] >= 0 || (bytes[start] & UTF8_CLASS) == UTF8_CONTINUES) {
            return bytes.length;
        }
        int length = Integer.numberOfLeadingZeros(~((bytes[start] & 0xFF) << 24));
        return length > LONGEST_CHARACTER || start + length <= bytes.length ? bytes.length : start;
    }

    /** Ends the output. */
    void end(List<Completion> completions, int context) {
        PrintWriter out = terminal.out();
        for (int row = 0; !single && row < completions.size(); row++) {
            out.print("[" + (row + 1) + "] ");
            pending.reset();
            if (text != null) {
                for (int token : prompts[row]) {
                    print(token);
                }
            }
            for (int token : completions.get(row).tokens()) {
                print(token);
            }
            finish(out);
        }
        if (single) {
            finish(out);
        }
        boolean full = completions.stream().anyMatch(c -> c.finish() == Completion.Finish.CONTEXT);
        if (full) {
            terminal.err().println("The context of " + context + " tokens is full.");
        }
    }

    private void finish(PrintWriter out) {
        out.println(pending.toString(StandardCharsets.UTF_8));
        out.flush();
    }
}
