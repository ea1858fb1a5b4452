package dev.nnd.compiler.lsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.eclipse.lsp4j.CompletionItem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Completion where people type: in texts that do not parse. A {@code |} is the cursor. */
@Timeout(1800)
class CompletionTest {

    private static final String DATA = """
            data Mnist {
              source train = idx(images: "a", labels: "b")
              split train into train 90%, validation 10%
              field image: f32[1, 28, 28] = images / 255
              field label: class[10] = labels
            }
            model Net(classes: int = 10) {
              input image: f32[N, 1, 28, 28]
              layer embed = Dense(3)
              output logits: f32[N, classes] = image -> flatten -> Dense(classes)
              output probabilities = softmax(logits)
            }
            """;

    @TempDir
    Path folder;

    private Editor editor;
    private int count;

    @BeforeEach
    void start() throws Exception {
        editor = new Editor(folder.resolve("cache"), folder);
    }

    @AfterEach
    void stop() {
        editor.close();
    }

    private List<String> labels(String text) throws Exception {
        return items(text).stream().map(CompletionItem::getLabel).toList();
    }

    private List<CompletionItem> items(String text) throws Exception {
        String uri = editor.open(folder.resolve("f" + count++ + ".nnd"), text.replace("|", ""));
        return editor.complete(uri, text);
    }

    private CompletionItem item(String text, String label) throws Exception {
        return items(text).stream()
                .filter(i -> i.getLabel().equals(label))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + label));
    }

    @Test
    void layersAndFunctionsFollowAnArrow() throws Exception {
        List<String> labels = labels("model Net {\n  input x: f32[N, 4]\n  output y = x -> |\n}\n");
        assertTrue(
                labels.containsAll(List.of("Dense", "Conv2d", "relu", "softmax", "reshape", "rearrange")), "" + labels);
        assertFalse(labels.contains("output"));
        assertEquals(
                "Dense(${1:out})",
                item("model A {\n input x: f32[N]\n output y = x -> Den|\n}\n", "Dense")
                        .getInsertText());
        assertTrue(item("block A {\n  let y = x -> Den|", "Dense").getDetail().startsWith("block Dense(out: int"));
        assertFalse(labels("model Net {\n  input x: f32[N, 4]\n  output y = x -> Con|\n}\n")
                .contains("Dense"));
    }

    @Test
    void argumentsAreOfferedInsideACall() throws Exception {
        List<String> labels = labels("model Net {\n  input x: f32[N, 4]\n  output y = x -> Conv2d(32, |");
        assertTrue(labels.containsAll(List.of("kernel:", "stride:", "padding:", "x")), "" + labels);
        assertFalse(labels.contains("out:"), "" + labels);
        assertFalse(labels("model Net {\n output y = x -> Conv2d(32, kernel: 3, |)\n}\n")
                .contains("kernel:"));
        assertEquals(
                "stride: ",
                item("model Net {\n output y = x -> Conv2d(32, |)\n}", "stride:")
                        .getInsertText());
    }

    @Test
    void membersFollowADot() throws Exception {
        assertEquals(
                List.of("weight", "bias"),
                labels(DATA
                        + "model B {\n  input x: f32[N, 4]\n  layer e = Dense(3)\n  let w = e.|\n  let z = 3\n}\n"));
        assertEquals(
                List.of("logits", "probabilities"),
                labels(DATA + "train T {\n  model net = Net()\n  data Mnist\n  minimize mse(net(image).|"));
        assertEquals(List.of("image", "label"), labels(DATA + "train T {\n  model net = Net()\n  let v = Mnist.|"));
    }

    @Test
    void statementsFitTheirSection() throws Exception {
        assertTrue(labels("|").containsAll(List.of("model", "block", "data", "train", "tune", "import")));
        assertTrue(labels("model Net {\n  |\n}\n").containsAll(List.of("input", "output", "let", "layer")));
        List<String> data = labels("data D {\n  so|\n}\n");
        assertTrue(data.contains("source") && !data.contains("input"), "" + data);
        List<String> train = labels(DATA + "train T {\n  model net = Net()\n  data Mnist\n  |\n}\n");
        assertTrue(train.containsAll(List.of("minimize", "epochs", "batch", "keep best by")), "" + train);
        assertTrue(labels("tune T {\n  |").containsAll(List.of("search", "trials")));
    }

    @Test
    void placesOfATrainSectionOfferWhatFits() throws Exception {
        String head = DATA + "train T(lr: float = 0.1) {\n  model net = Net()\n  data Mnist\n  ";
        assertTrue(labels(head + "minimize cross_entropy(net(|").containsAll(List.of("image", "label", "lr", "net")));
        assertTrue(labels(head + "minimize mse(net(image), label) using |").containsAll(List.of("adam", "sgd")));
        assertTrue(labels(head + "minimize x using adam(|").contains("lr:"));
        assertTrue(labels(head + "minimize x using adam(lr: |").containsAll(List.of("cosine", "one_cycle", "lr")));
        assertTrue(labels(head + "keep best by |").containsAll(List.of("train", "validation")));
        assertTrue(labels(head + "keep best by validation.|").containsAll(List.of("loss", "accuracy")));
        assertEquals(
                List.of("bf16", "f32"),
                labels(head + "precision |").stream().sorted().toList());
        assertEquals(List.of("Mnist"), labels(DATA + "train T {\n  data |\n}\n"));
        assertEquals(List.of("Net"), labels(DATA + "train T {\n  model net = |"));
        String tune = head + "epochs 1\n batch 2\n}\ntune S {\n  train T\n  ";
        assertEquals(List.of("lr"), labels(tune + "search |"));
        assertTrue(labels(tune + "search lr in |").contains("log_uniform"));
    }

    @Test
    void typesAndDimsAreOffered() throws Exception {
        assertTrue(labels("model A {\n  input x: |").containsAll(List.of("f32", "i32", "bool")));
        assertTrue(labels("block A(n: |").containsAll(List.of("int", "float", "string")));
        List<String> dims = labels("block A(width: int) {\n  input x: f32[N, T]\n  output y: f32[N, |");
        assertTrue(dims.containsAll(List.of("N", "T", "width")), "" + dims);
    }

    @Test
    void sourcesAndFieldsAreOffered() throws Exception {
        assertTrue(labels("data D {\n  source train = |").containsAll(List.of("csv", "idx", "cifar")));
        assertTrue(labels("data D {\n  source train = csv(\"a\")\n  field x: f32[1] = |")
                .contains("column"));
        assertTrue(labels("data D {\n  field x: f32[1] = column(\"a\") -> |").contains("standardize"));
    }

    @Test
    void commentsAndNewNamesAreQuiet() throws Exception {
        assertEquals(List.of(), labels("// a mod|"));
        assertEquals(List.of(), labels("model A {\n  let ne|"));
        assertEquals(List.of(), labels("model Ne|"));
    }

    @Test
    void anyPlaceOfAnyPrefixIsAnswered() throws Exception {
        String text = DATA
                + "train T {\n  model net = Net()\n  data Mnist\n  minimize mse(net(image).logits, label) using adam(lr: 1)\n}\n";
        String uri = editor.open(folder.resolve("all.nnd"), text);
        for (int i = 0; i <= text.length(); i += 3) {
            var document = Document.of(uri, 1, text.substring(0, i));
            var library = new Library(new dev.nnd.compiler.Compiler().library().subList(0, 1), folder);
            var project = new Project(List.of(document), library);
            Completions.at(document, project, i, java.util.Optional.empty());
            Signatures.at(document, project, i);
        }
    }
}
