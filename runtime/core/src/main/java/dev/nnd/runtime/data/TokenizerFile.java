package dev.nnd.runtime.data;

import dev.nnd.runtime.NndException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Ids by a {@code tokenizer.json}, the format of Hugging Face's tokenizers: normalizers, pre-tokenizers, the models BPE,
 * WordPiece, WordLevel and Unigram, added tokens, and the special tokens that stand around an example. A part of a kind that
 * is not read is an error; nothing is passed over.
 */
public final class TokenizerFile implements Learned {
    private static final List<String> PADDING = List.of("[PAD]", "<pad>", "<|pad|>", "<|endoftext|>", "</s>");
    private static final int CACHED = 50_000;
    private static final int LONGEST_CACHED = 64;

    private final String name;
    private final String file;
    private final int limit;
    private String text = "";
    private @Nullable Parts parts;

    /** What the file describes. */
    private record Parts(
            UnaryOperator<String> normalizer,
            TextCuts.Cut cut,
            TokenModel model,
            AddedTokens added,
            AddedTokens addedAfter,
            int[] before,
            int[] after,
            int padding,
            int size) {}

    /** Nothing read yet; {@code file} is in the data folder. It has at most {@code limit} ids. */
    public TokenizerFile(String name, String file, int limit) {
        this.name = name;
        this.file = file;
        this.limit = limit;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String kind() {
        return "tokenizer";
    }

    @Override
    public boolean ready() {
        return parts != null;
    }

    /** Keeps what was read: it is not learned from rows. */
    @Override
    public void reset() {}

    @Override
    public List<String> finish() {
        return List.of();
    }

    @Override
    public void open(Path folder) {
        try {
            set(String.join("\n", VocabularyFile.lines(folder, file)));
        } catch (IllegalArgumentException e) {
            throw new NndException(
                    file + " can't be used as a tokenizer.json: " + JsonText.plain(e) + ".",
                    "give the tokenizer.json of a model of Hugging Face",
                    e);
        }
    }

    @Override
    public Saved saved() {
        return new Saved(Map.of(), List.of(text));
    }

    @Override
    public void restore(Saved saved) {
        JsonText.require(saved.texts().size() == 1, "the tokenizer of `" + name + "` is missing");
        set(saved.texts().getFirst());
    }

    private void set(String json) {
        try {
            var tree = JsonTree.parse(json);
            var sides = SpecialTokens.of(tree.get("post_processor"));
            int size = size(tree);
            VocabularyFile.requireAtMost(limit, size, file);
            UnaryOperator<String> normalizer = TextSteps.of(tree.get("normalizer"));
            parts = new Parts(
                    normalizer,
                    TextCuts.of(tree.get("pre_tokenizer")),
                    TokenModel.of(tree.get("model")),
                    AddedTokens.of(tree.get("added_tokens"), false, normalizer),
                    AddedTokens.of(tree.get("added_tokens"), true, normalizer),
                    sides.before(),
                    sides.after(),
                    padding(tree),
                    size);
            text = json;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("it is no JSON: " + JsonText.plain(e), e);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("its pattern is not read: " + e.getDescription(), e);
        }
    }

    private static int size(JsonTree tree) {
        int size = 0;
        JsonTree vocab = tree.get("model").get("vocab");
        if (vocab.value() instanceof List<?> list) {
            size = list.size();
        } else {
            for (JsonTree id : vocab.entries().values()) {
                size = Math.max(size, id.id() + 1);
            }
        }
        for (JsonTree token : tree.get("added_tokens").items()) {
            size = Math.max(size, token.get("id").id() + 1);
        }
        return size;
    }

    /** What the file pads with, else the token that is usual for it, else 0. */
    private static int padding(JsonTree tree) {
        JsonTree padding = tree.get("padding").get("pad_id");
        if (!padding.isNull()) {
            return padding.id();
        }
        var ids = new HashMap<String, Integer>();
        for (JsonTree token : tree.get("added_tokens").items()) {
            ids.put(token.get("content").text(), token.get("id").id());
        }
        return PADDING.stream()
                .filter(ids::containsKey)
                .map(ids::get)
                .findFirst()
                .orElse(0);
    }

    private Parts parts() {
        requireReady();
        return java.util.Objects.requireNonNull(parts, "ready");
    }

    /** How many ids there are. */
    public int size() {
        return parts().size;
    }

    /** {@code length} ids of a text, with the special tokens around it, cut or padded at its end. */
    public int[] ids(String of, int length) {
        Parts p = parts();
        int[] all = ids(of);
        int room = Math.max(0, length - p.before.length - p.after.length);
        var out = new IntList();
        for (int id : p.before) {
            out.add(id);
        }
        for (int i = 0; i < Math.min(room, all.length); i++) {
            out.add(all[i]);
        }
        for (int id : p.after) {
            out.add(id);
        }
        while (out.size() < length) {
            out.add(p.padding);
        }
        out.removeFrom(length);
        return out.toArray();
    }

    /** All ids of a text, without the special tokens around it. */
    public int[] ids(String of) {
        Parts p = parts();
        var into = new IntList();
        var known = new HashMap<String, int[]>();
        boolean first = true;
        for (AddedTokens.Part part : p.added.cut(of)) {
            if (part.id() >= 0) {
                into.add(part.id());
            } else {
                first &= !losesStart(p, part.text());
                for (AddedTokens.Part inner : p.addedAfter.cut(p.normalizer.apply(part.text()))) {
                    if (inner.id() >= 0) {
                        into.add(inner.id());
                    } else {
                        add(p, inner.text(), first, known, into);
                    }
                    first = false;
                }
            }
            first = false;
        }
        return into.toArray();
    }

    /** What follows white space that a normalizer takes away is not at the start of the text. */
    private static boolean losesStart(Parts p, String text) {
        String stripped = TextSteps.withoutLeadingSpace(text);
        return stripped.length() < text.length() && p.normalizer.apply(text).equals(p.normalizer.apply(stripped));
    }

    private static void add(Parts p, String text, boolean first, Map<String, int[]> known, IntList into) {
        for (String piece : p.cut.of(text, first)) {
            if (piece.length() > LONGEST_CACHED) {
                p.model.addIds(piece, into);
                continue;
            }
            if (known.size() > CACHED) {
                known.clear();
            }
            int[] ids = known.computeIfAbsent(piece, of -> {
                var own = new IntList();
                p.model.addIds(of, own);
                return own.toArray();
            });
            for (int id : ids) {
                into.add(id);
            }
        }
    }

    /** The ids that a post-processor puts around one text. */
    private record SpecialTokens(int[] before, int[] after) {
        static SpecialTokens of(JsonTree post) {
            if (post.isNull()) {
                return new SpecialTokens(new int[0], new int[0]);
            }
            String type = post.get("type").text();
            return switch (type) {
                case "TemplateProcessing" -> template(post);
                case "BertProcessing", "RobertaProcessing" ->
                    new SpecialTokens(
                            new int[] {post.get("cls").items().getLast().id()},
                            new int[] {post.get("sep").items().getLast().id()});
                case "ByteLevel" -> new SpecialTokens(new int[0], new int[0]);
                case "Sequence" -> {
                    var all = new ArrayList<SpecialTokens>();
                    post.get("processors").items().forEach(one -> all.add(of(one)));
                    yield all.stream()
                            .filter(s -> s.before.length + s.after.length > 0)
                            .findFirst()
                            .orElse(new SpecialTokens(new int[0], new int[0]));
                }
                default -> throw TextSteps.notRead("post-processor", type);
            };
        }

        private static SpecialTokens template(JsonTree post) {
            var before = new IntList();
            var after = new IntList();
            boolean met = false;
            for (JsonTree part : post.get("single").items()) {
                JsonTree special = part.get("SpecialToken");
                if (special.isNull()) {
                    met = true;
                    continue;
                }
                JsonTree ids =
                        post.get("special_tokens").get(special.get("id").text()).get("ids");
                for (JsonTree id : ids.items()) {
                    (met ? after : before).add(id.id());
                }
            }
            return new SpecialTokens(before.toArray(), after.toArray());
        }
    }
}
