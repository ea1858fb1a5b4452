package dev.nnd.compiler.cli.output;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over a sequence of parts; each part is preceded by its length, so that parts cannot run together. */
public final class ContentHash {

    private final MessageDigest digest;

    /** An empty hash. */
    public ContentHash() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Adds a text. */
    public ContentHash add(String part) {
        return add(part.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds bytes. */
    public ContentHash add(byte[] part) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            digest.update((byte) (part.length >>> shift));
        }
        digest.update(part);
        return this;
    }

    /** The hash in hexadecimal; this object starts anew. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** The hash of these bytes alone. */
    static String of(byte[] bytes) {
        return new ContentHash().add(bytes).hex();
    }
}
