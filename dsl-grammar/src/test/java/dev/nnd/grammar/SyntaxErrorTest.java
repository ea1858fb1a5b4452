package dev.nnd.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people read when a text is wrong. */
class SyntaxErrorTest {

    private static List<Diagnostic> problems(String text) {
        return NndGrammar.parse(new SourceFile("a.nnd", text)).problems();
    }

    private static String brief(Diagnostic d) {
        Span span = d.span();
        return d.code() + " " + span.line() + ":" + span.column() + " " + d.message()
                + d.help().map(h -> " | " + h).orElse("")
                + d.fix()
                        .map(f -> f.edits().getFirst())
                        .map(f -> " | " + f.span().text() + " => " + f.replacement())
                        .orElse("");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '\u0001',
            value = {
                "output~NND0001 2:1 expected an expression, found `}`",
                "ouput x~NND0001 1:11 expected a statement, found `ouput` | did you mean `output`? | ouput => output",
                "let x 3~NND0001 1:17 expected `=` or `:`, found `3`",
                "input x f32~NND0001 1:19 expected `:`, found `f32`",
                "input x: f32[]~NND0001 1:24 expected a dimension, found `]`",
                "let q = f(a b)~NND0001 1:23 expected `,` or `)`, found `b`",
                "let q = f(a,, b)~NND0001 1:23 expected `)` or an expression, found `,`",
                "let q = x ->~NND0001 2:1 expected a block or function, found `}`",
                "let q = rearrange[a b]~NND0001 1:31 expected `->` or `,`, found `b`",
                "for i 0..3 {}~NND0001 1:17 expected `in`, found `0`",
                "for i in 0..3 x~NND0001 1:25 expected `{`, found `x`",
                "if a then b else c~NND0001 1:16 expected `{`, found `then`",
                "relu(x)~NND0001 1:11 expected a statement, found `relu` "
                        + "| an expression alone does nothing: write `let name = ...` or `output ...`",
                "let a = 10%3~NND0001 1:22 expected a statement, found `3` "
                        + "| `10%` is a percentage; the remainder is written `10 % 3` | 10% => 10 % ",
                "let a = .5~NND0001 1:19 expected an expression, found `.` | write `0.5` | .5 => 0.5",
                "let a = x;~NND0002 1:20 unexpected `;` | statements need nothing at their end | ; => ",
                "let a = x && y~NND0002 1:21 `&&` is not an operator here | write `and` | && => and",
                "let a = !x~NND0002 1:19 `!` is not an operator here | write `not` | ! => not ",
                "let a = 'b'~NND0002 1:19 strings stand between double quotes | write `\"b\"` | 'b' => \"b\"",
                "let a = \"b~NND0003 1:19 this string has no closing `\"` on its line "
                        + "| end it with `\"`; a line break in a string is written `\\n`",
                "let a = \"\\q\"~NND0004 1:20 `\\q` means nothing in a string "
                        + "| the escapes are \\n \\t \\r \\\" \\\\ and \\u with four hexadecimal digits",
                "let a = x \u2192 f~NND0002 1:21 unexpected `\u2192` (U+2192 RIGHTWARDS ARROW) "
                        + "| `->` was probably meant | \u2192 => ->",
                "let a = 3 \u2212 2~NND0002 1:21 unexpected `\u2212` (U+2212 MINUS SIGN) "
                        + "| `-` was probably meant | \u2212 => -",
                "let a =\u00a0x~NND0002 1:18 unexpected character U+00A0 NO-BREAK SPACE "
                        + "| an ordinary space was probably meant | \u00a0 =>  ",
                "let a = \u201Cb\u201D~NND0002 1:19 strings stand between double quotes "
                        + "| write `\"b\"` | \u201Cb\u201D => \"b\"",
                "let \u0430 = x~NND0002 1:15 `\u0430` has letters that are not ASCII, names are made of a-z, A-Z, 0-9 "
                        + "and `_` | `a` was probably meant: the letters only look alike | \u0430 => a",
                "let gr\u00f6\u00dfe = x~NND0002 1:15 `gr\u00f6\u00dfe` has letters that are not ASCII, names are made of "
                        + "a-z, A-Z, 0-9 and `_` | choose a name of ASCII letters",
                "let a = @x~NND0002 1:19 unexpected `@`",
                "let a = \uD83D\uDE00~NND0002 1:19 unexpected `\uD83D\uDE00` (U+1F600 GRINNING FACE)"
            })
    void describesSlips(String statement, String expected) {
        List<Diagnostic> found = problems("model M { " + statement + "\n}");
        assertEquals(
                expected.stripTrailing(),
                found.stream()
                        .map(SyntaxErrorTest::brief)
                        .findFirst()
                        .orElse("")
                        .stripTrailing());
    }

    @Test
    void findsEveryErrorOnceAndGoesOn() {
        String text = """
                package a.b;

                modle M {
                  input x: f32[N
                  output x
                }

                block B(a: int b: int) {
                  let z =
                  let w = 3
                  for i in 0..3 { let c = }
                  output relu(w
                }

                data D {
                  source train = csv("x"
                  split train into train 90%, test 10%
                  fild x: f32 = 3
                }

                train T {
                  model net = M() form "w"
                  minimize mse(net(x), y) usng sgd(lr: 0.1)
                  epohcs 10
                  keep best val.loss

                model Z {
                  input x: f32[N]
                }
                }
                """;
        assertEquals(
                """
                NND0002 1:12 unexpected `;`
                NND0001 3:1 expected a declaration, found `modle`
                NND0006 5:3 expected `,` or `]`, found `output`
                NND0001 8:16 expected `,` or `)`, found `b`
                NND0001 10:3 expected an expression after `=`, found the statement `let`
                NND0001 11:27 expected an expression, found `}`
                NND0006 13:1 expected `,` or `)`, found `}`
                NND0006 17:3 expected `,` or `)`, found `split`
                NND0001 18:3 expected a statement of a data section, found `fild`
                NND0001 22:19 expected a statement of a train section, found `form`
                NND0001 23:27 expected `over` or `using`, found `usng`
                NND0001 24:3 expected a statement of a train section, found `epohcs`
                NND0001 25:13 expected `by` or a whole number, found `val`
                NND0006 27:1 expected `}`, found `model`
                NND0006 30:1 `}` closes nothing
                """,
                problems(text).stream()
                        .map(d -> d.code() + " " + d.span().line() + ":"
                                + d.span().column() + " " + d.message() + "\n")
                        .collect(Collectors.joining()));
    }

    @Test
    void showsTheBracketThatIsOpen() {
        assertEquals(
                """
                error[NND0006]: expected `,` or `]`, found `output`
                 --> a.nnd:3:3
                  |
                2 |   input x: f32[N
                  |               - this `[` is not closed
                3 |   output x
                  |   ^^^^^^
                  |

                """, DiagnosticRenderer.text(false).render(problems("model M {\n  input x: f32[N\n  output x\n}\n")));
    }

    @Test
    void pointsBehindTheLastWordAtTheEnd() {
        assertEquals("""
                error[NND0006]: expected `}`, found the end of the file
                 --> a.nnd:2:11
                  |
                1 | model M {
                  |         - this `{` is not closed
                2 |   output x
                  |           ^
                  |

                """, DiagnosticRenderer.text(false).render(problems("model M {\n  output x\n\n")));
    }
}
