package dev.nnd.compiler.lsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.compiler.Compiler;
import dev.nnd.compiler.CompilerRun;
import dev.nnd.grammar.Diagnostic;
import dev.nnd.grammar.SourceFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionContext;
import org.eclipse.lsp4j.CodeActionParams;
import org.eclipse.lsp4j.DefinitionParams;
import org.eclipse.lsp4j.DocumentFormattingParams;
import org.eclipse.lsp4j.DocumentRangeFormattingParams;
import org.eclipse.lsp4j.DocumentSymbolParams;
import org.eclipse.lsp4j.FoldingRangeRequestParams;
import org.eclipse.lsp4j.FormattingOptions;
import org.eclipse.lsp4j.InlayHint;
import org.eclipse.lsp4j.InlayHintParams;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.ReferenceContext;
import org.eclipse.lsp4j.ReferenceParams;
import org.eclipse.lsp4j.RenameParams;
import org.eclipse.lsp4j.SemanticTokensParams;
import org.eclipse.lsp4j.SignatureHelp;
import org.eclipse.lsp4j.SignatureHelpParams;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(1800)
class LanguageServerTest {

    private static final String NET = """
            package vision

            /// Ten logits.
            model Net(classes: int = 10) {
              input image: f32[N, 1, 28, 28]
              let hidden = image -> Conv2d(32, kernel: 3) -> relu -> flatten
              layer head = Dense(classes)
              output logits: f32[N, classes] = head(hidden)
            }
            """;

    @TempDir
    Path folder;

    private Editor editor;

    @BeforeEach
    void start() throws Exception {
        editor = new Editor(folder.resolve("cache"), folder);
    }

    @AfterEach
    void stop() {
        editor.close();
    }

    private static TextDocumentIdentifier id(String uri) {
        return new TextDocumentIdentifier(uri);
    }

    @Test
    void findingsAreThoseOfCheck() throws Exception {
        List<Path> cases;
        try (Stream<Path> all = Files.walk(Path.of("../spec/conformance/invalid"))) {
            cases = all.filter(p -> p.toString().endsWith(".nnd")).sorted().toList();
        }
        assertFalse(cases.isEmpty());
        for (int i = 0; i < cases.size(); i += 5) {
            Path file = folder.resolve("case" + i + "/input.nnd");
            String text = Files.readString(cases.get(i));
            String uri = editor.open(file, text);
            var source = new SourceFile(Uris.name(uri), text);
            List<Diagnostic> expected = new Compiler().check(CompilerRun.of(source));
            List<org.eclipse.lsp4j.Diagnostic> found = editor.findings(uri);
            var lines = new TextLines(text);
            assertEquals(
                    expected.stream().map(d -> d.code() + lines.range(d.span())).toList(),
                    found.stream()
                            .map(d -> d.getCode().getLeft() + d.getRange())
                            .toList(),
                    cases.get(i).toString());
            for (int j = 0; j < expected.size(); j++) {
                assertTrue(found.get(j)
                        .getMessage()
                        .getLeft()
                        .startsWith(expected.get(j).message()));
            }
            editor.close(uri);
        }
    }

    @Test
    void relatedPlacesAreTheLabels() throws Exception {
        String uri = editor.open(folder.resolve("a.nnd"), """
                model Net {
                  input x: f32[N, 4]
                  param head: f32[2, 4]
                  output y = matmul(x, head)
                }
                """);
        var finding = editor.findings(uri).getFirst();
        assertEquals("NND0304", finding.getCode().getLeft());
        assertFalse(finding.getRelatedInformation().isEmpty());
        assertTrue(editor.hover(uri, "mat|mul(x").contains("inner dims of `matmul`"), editor.hover(uri, "mat|mul(x"));
    }

    @Test
    void editsAreFollowed() throws Exception {
        String uri = editor.open(folder.resolve("a.nnd"), NET);
        assertEquals(List.of(), editor.codes(uri));
        editor.replace(uri, "Conv2d", "Conv3");
        assertEquals(List.of("NND0102"), editor.codes(uri));
        editor.replace(uri, "Conv3", "Conv2d");
        assertEquals(List.of(), editor.codes(uri));
    }

    @Test
    void hoverTellsTypesParametersAndDocumentation() throws Exception {
        String uri = editor.open(folder.resolve("a.nnd"), NET);
        String layer = editor.hover(uri, "-> Conv|2d");
        assertTrue(layer.contains("gives `f32[N, 32, 26, 26]`"), layer);
        assertTrue(layer.contains("320 parameters"), layer);
        assertTrue(layer.contains("block Conv2d(out: int"), layer);
        String value = editor.hover(uri, "head(hid|den)");
        assertTrue(value.contains("let hidden: f32[N, 21632]"), value);
        String model = editor.hover(uri, "model N|et");
        assertTrue(model.contains("Ten logits.") && model.contains("216,650 parameters"), model);
        String dim = editor.hover(uri, "f32[|N, 1");
        assertTrue(dim.contains("free: known per call"), dim);
        String builtin = editor.hover(uri, "-> rel|u");
        assertTrue(builtin.contains("relu(x)"), builtin);
        String parameter = editor.hover(uri, "f32[N, cla|sses] = head");
        assertTrue(parameter.contains("classes: int = 10"), parameter);
    }

    @Test
    void hoverInABlockTellsOfItsFirstUse() throws Exception {
        String uri = editor.open(folder.resolve("a.nnd"), """
                block Twice(width: int) {
                  input x: f32[N, D]
                  output y = x -> Dense(width * D) -> relu
                }
                model Net {
                  input x: f32[N, 3]
                  output y = x -> Twice(7)
                }
                """);
        String dense = editor.hover(uri, "-> Den|se(width");
        assertTrue(dense.contains("f32[N, 21]") && dense.contains("with width = 7"), dense);
        String dim = editor.hover(uri, "width * |D");
        assertTrue(dim.contains("`D` is `3`"), dim);
    }

    private List<String> hints(String uri) throws Exception {
        var range = new Range(new Position(0, 0), new Position(1000, 0));
        List<InlayHint> hints =
                Editor.get(editor.server().getTextDocumentService().inlayHint(new InlayHintParams(id(uri), range)));
        return hints.stream().map(h -> h.getLabel().getLeft()).toList();
    }

    @Test
    void hintsTellShapesAndOnDemandArguments() throws Exception {
        String uri = editor.open(folder.resolve("a.nnd"), NET);
        assertEquals(List.of("f32[N, 32, 26, 26]", "f32[N, 32, 26, 26]", "f32[N, 21632]"), hints(uri));
        var settings = com.google.gson.JsonParser.parseString(
                "{\"nnd\": {\"inlayHints\": {\"shapes\": false, \"arguments\": true}}}");
        editor.server()
                .getWorkspaceService()
                .didChangeConfiguration(new org.eclipse.lsp4j.DidChangeConfigurationParams(settings));
        assertEquals(List.of("out:", "out:"), hints(uri));
    }

    private List<? extends Location> definition(String uri, String words) throws Exception {
        return Editor.get(editor.server()
                        .getTextDocumentService()
                        .definition(new DefinitionParams(id(uri), editor.position(uri, words))))
                .getLeft();
    }

    @Test
    void definitionsAreFoundHereAndInTheLibrary() throws Exception {
        String uri = editor.open(folder.resolve("a.nnd"), NET);
        Location head = definition(uri, "he|ad(hidden)").getFirst();
        assertEquals(uri, head.getUri());
        assertEquals(6, head.getRange().getStart().getLine());
        Location library = definition(uri, "Den|se(classes)").getFirst();
        Path file = Uris.path(library.getUri()).orElseThrow();
        String text = Files.readString(file);
        assertTrue(text.lines()
                .toList()
                .get(library.getRange().getStart().getLine())
                .contains("block Dense"));
        String opened = editor.open(library.getUri(), text);
        assertEquals(List.of(), editor.findings(opened));
        assertEquals(List.of(library), definition(opened, "block De|nse"));
        Location kernel = definition(uri, "ker|nel: 3").getFirst();
        assertTrue(kernel.getUri()
                .startsWith(library.getUri().substring(0, library.getUri().lastIndexOf('/'))));
    }

    private List<? extends Location> references(String uri, String words) throws Exception {
        return Editor.get(editor.server()
                .getTextDocumentService()
                .references(new ReferenceParams(id(uri), editor.position(uri, words), new ReferenceContext(true))));
    }

    @Test
    void referencesAndRenamesCrossFiles() throws Exception {
        Files.createDirectories(folder.resolve("vision"));
        Files.writeString(folder.resolve("vision/net.nnd"), NET);
        Files.writeString(folder.resolve("vision/use.nnd"), """
                package vision

                import vision.Net

                model Twice {
                  input image: f32[N, 1, 28, 28]
                  layer net = Net(classes: 5)
                  output y: f32[N, 5] = net(image)
                }
                """);
        String uri = editor.open(folder.resolve("vision/net.nnd"), NET);
        assertEquals(3, references(uri, "model N|et").size());
        assertEquals(4, references(uri, "Net(cla|sses").size());
        var edit = Editor.get(editor.server()
                .getTextDocumentService()
                .rename(new RenameParams(id(uri), editor.position(uri, "Net(cla|sses"), "labels")));
        assertEquals(2, edit.getChanges().size());
        String use = Uris.of(folder.resolve("vision/use.nnd"));
        assertEquals("labels", edits(edit, use).getFirst().getNewText());
        editor.apply(uri, edits(edit, uri));
        assertTrue(editor.text(uri).contains("model Net(labels: int = 10)"));
        assertTrue(editor.text(uri).contains("Dense(labels)"));
        assertEquals(List.of(), editor.codes(uri));
    }

    @Test
    void renamesThatWouldChangeTheProgramAreRefused() throws Exception {
        String uri = editor.open(folder.resolve("a.nnd"), NET);
        var texts = editor.server().getTextDocumentService();
        var hidden = editor.position(uri, "let hid|den");
        assertTrue(Editor.failure(texts.rename(new RenameParams(id(uri), hidden, "then")))
                .contains("keyword"));
        assertTrue(Editor.failure(texts.rename(new RenameParams(id(uri), hidden, "2x")))
                .contains("not a name"));
        assertTrue(Editor.failure(texts.rename(new RenameParams(id(uri), hidden, "head")))
                .contains("there already"));
        var dense = editor.position(uri, "Den|se(");
        assertTrue(Editor.failure(texts.rename(new RenameParams(id(uri), dense, "Linear")))
                .contains("standard library"));
        var model = editor.position(uri, "model N|et");
        assertTrue(Editor.failure(texts.rename(new RenameParams(id(uri), model, "net")))
                .contains("capital"));
    }

    private static List<TextEdit> edits(WorkspaceEdit edit, String uri) {
        return Objects.requireNonNull(edit.getChanges().get(uri));
    }

    private List<CodeAction> actions(String uri, List<String> only) throws Exception {
        var range = new Range(new Position(0, 0), new Position(1000, 0));
        var context = new CodeActionContext(List.of());
        if (!only.isEmpty()) {
            context.setOnly(only);
        }
        return Editor.get(editor.server()
                        .getTextDocumentService()
                        .codeAction(new CodeActionParams(id(uri), range, context)))
                .stream()
                .map(e -> e.getRight())
                .toList();
    }

    @Test
    void fixesMakeTheFileClean() throws Exception {
        String uri = editor.open(folder.resolve("a.nnd"), """
                model Net {
                  input x: f32[N, 4]
                  output y = x -> Dens(10) -> rellu -> Dense(3)
                }
                """);
        assertEquals(List.of("NND0102", "NND0101"), editor.codes(uri));
        assertEquals(3, actions(uri, List.of()).size());
        List<CodeAction> all = actions(uri, List.of("source.fixAll"));
        assertEquals(1, all.size());
        List<TextEdit> edits = edits(all.getFirst().getEdit(), uri);
        assertEquals(2, edits.size());
        editor.apply(uri, edits);
        editor.awaitCodes(uri);
    }

    @Test
    void unknownNamesAreImported() throws Exception {
        Files.createDirectories(folder.resolve("vision"));
        Files.writeString(folder.resolve("vision/net.nnd"), NET);
        String uri = editor.open(folder.resolve("vision/use.nnd"), """
                package vision

                model Twice {
                  input image: f32[N, 1, 28, 28]
                  output y = image -> Net(5)
                }
                """);
        assertEquals(List.of("NND0102"), editor.codes(uri));
        CodeAction action = actions(uri, List.of("quickfix")).getFirst();
        assertEquals("Import `vision.Net`", action.getTitle());
        editor.apply(uri, edits(action.getEdit(), uri));
        editor.awaitCodes(uri);
    }

    @Test
    void importedFilesAreFollowed() throws Exception {
        Files.createDirectories(folder.resolve("vision"));
        String net = editor.open(folder.resolve("vision/net.nnd"), NET);
        String use = editor.open(folder.resolve("vision/use.nnd"), """
                package vision

                import vision.Net

                model Twice {
                  input image: f32[N, 1, 28, 28]
                  output y: f32[N, 10] = image -> Net()
                }
                """);
        editor.awaitCodes(use);
        editor.replace(net, "int = 10", "int = 11");
        editor.awaitCodes(use, "NND0306");
        editor.replace(net, "model Net", "model Nets");
        editor.awaitCodes(use, "NND0106");
        editor.replace(net, "model Nets(classes: int = 11", "model Net(classes: int = 10");
        editor.awaitCodes(use);
    }

    @Test
    void textsAreFormatted() throws Exception {
        String uri = editor.open(folder.resolve("a.nnd"), NET.replace("  layer head", "      layer   head"));
        editor.codes(uri);
        var texts = editor.server().getTextDocumentService();
        var options = new FormattingOptions(2, true);
        var elsewhere = new Range(new Position(0, 0), new Position(1, 0));
        assertEquals(
                List.of(),
                Editor.get(texts.rangeFormatting(new DocumentRangeFormattingParams(id(uri), options, elsewhere))));
        editor.apply(uri, Editor.get(texts.formatting(new DocumentFormattingParams(id(uri), options))));
        assertEquals(NET, editor.text(uri));
    }

    @Test
    void outlineAndFoldsFollowTheText() throws Exception {
        String uri = editor.open(folder.resolve("a.nnd"), NET);
        var texts = editor.server().getTextDocumentService();
        var outline = Editor.get(texts.documentSymbol(new DocumentSymbolParams(id(uri))));
        assertEquals("Net", outline.getFirst().getRight().getName());
        assertEquals(
                List.of("classes", "image", "hidden", "head", "logits"),
                outline.getFirst().getRight().getChildren().stream()
                        .map(c -> c.getName())
                        .toList());
        var folds = Editor.get(texts.foldingRange(new FoldingRangeRequestParams(id(uri))));
        assertEquals(3, folds.getFirst().getStartLine());
        var colours = Editor.get(texts.semanticTokensFull(new SemanticTokensParams(id(uri))));
        assertEquals(0, colours.getData().size() % 5);
        assertFalse(colours.getData().isEmpty());
    }

    @Test
    void callsShowTheirParameters() throws Exception {
        String uri = editor.open(folder.resolve("a.nnd"), NET.replace("Dense(classes)", "Dense(classes, "));
        SignatureHelp help = Editor.get(editor.server()
                .getTextDocumentService()
                .signatureHelp(new SignatureHelpParams(id(uri), editor.position(uri, "Dense(classes, |"))));
        assertTrue(help.getSignatures().getFirst().getLabel().startsWith("Dense(out: int, bias"));
        assertEquals(1, help.getActiveParameter());
    }

    @Test
    void shutdownEndsTheServer() throws Exception {
        assertEquals(0, editor.end());
    }

    @Test
    void unknownTextsHaveNoAnswers() throws Exception {
        String uri = Uris.of(folder.resolve("none.nnd"));
        assertEquals(List.of(), hints(uri));
        assertEquals(List.of(), hints("untitled:Untitled-1"));
        assertEquals(List.of(), editor.codes(editor.open("untitled:Untitled-1", NET)));
    }
}
