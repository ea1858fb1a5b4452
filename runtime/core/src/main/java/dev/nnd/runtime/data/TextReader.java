package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads text files as one text, and divides it in order. */
final class TextReader {
    private static final long MOST_BYTES = 1L << 30;

    /** A text is in memory as bytes and as characters for a while. */
    private static final int OF_HEAP = 6;

    private TextReader() {}

    static String read(List<Path> files, String encoding) {
        var text = new StringBuilder();
        for (Path file : files) {
            try (var in = DataStream.open(file)) {
                int most = (int) Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / OF_HEAP);
                byte[] bytes = in.readNBytes(most);
                if (bytes.length == most) {
                    throw new NndException(
                            in.name() + " is too large: with this heap a text source holds up to " + (most >> 20)
                                    + " MiB a file.",
                            most < MOST_BYTES
                                    ? "give the JVM more memory by -Xmx, or divide the text"
                                    : "divide the text",
                            null);
                }
                if (in.cutOff()) {
                    throw new NndException(
                            in.name() + " is truncated: its gzip stream breaks off after " + bytes.length + " bytes.");
                }
                text.append(Charset.forName(encoding).newDecoder().decode(ByteBuffer.wrap(bytes)));
            } catch (CharacterCodingException e) {
                throw new NndException(
                        file.getFileName() + " is not " + encoding + " text.",
                        "save it in the encoding " + encoding,
                        e);
            } catch (java.io.IOException e) {
                throw new NndException(file.getFileName() + " can't be read: " + e.getMessage() + ".", e);
            }
        }
        return text.toString();
    }

    /** The parts of a text by their shares, cut between characters. */
    static List<String> parts(String text, SplitSpec split) {
        var parts = new ArrayList<String>();
        double sum = 0;
        int from = 0;
        for (int k = 0; k < split.parts().size(); k++) {
            sum += split.parts().get(k).percent();
            boolean last = k == split.parts().size() - 1;
            int to = last ? text.length() : (int) Math.round(text.length() * sum / 100);
            to += to > 0 && to < text.length() && Character.isLowSurrogate(text.charAt(to)) ? 1 : 0;
            parts.add(text.substring(from, to));
            from = to;
        }
        return parts;
    }

    /** A row that is the whole of a text. */
    static Row whole(String name, String text) {
        return ExampleRow.columns(1).withText(name, text);
    }
}
