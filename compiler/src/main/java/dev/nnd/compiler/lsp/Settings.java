package dev.nnd.compiler.lsp;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What a user can set.
 *
 * @param shapes inlay hints with the shape behind each stage
 * @param arguments inlay hints with the names of arguments
 */
record Settings(boolean shapes, boolean arguments) {

    static final Settings STANDARD = new Settings(true, false);

    /** Reads {@code {"nnd": {"inlayHints": {"shapes": true, "arguments": false}}}}, with or without the outer name. */
    static Settings of(@Nullable Object json, Settings before) {
        if (!(json instanceof JsonObject object)) {
            return before;
        }
        JsonObject own = object.get("nnd") instanceof JsonObject inner ? inner : object;
        if (!(own.get("inlayHints") instanceof JsonObject hints)) {
            return before;
        }
        return new Settings(
                flag(hints.get("shapes"), before.shapes()), flag(hints.get("arguments"), before.arguments()));
    }

    private static boolean flag(@Nullable JsonElement value, boolean standard) {
        return value != null
                        && value.isJsonPrimitive()
                        && value.getAsJsonPrimitive().isBoolean()
                ? value.getAsBoolean()
                : standard;
    }
}
