package dev.nnd.grammar.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.grammar.SourceFile;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The style, by examples. */
class FormatterTest {

    private static String format(String text) {
        Formatter.Formatted formatted = Formatter.format(new SourceFile("a.nnd", text));
        assertEquals(List.of(), formatted.problems());
        assertEquals(
                formatted.text(),
                Formatter.format(new SourceFile("a.nnd", formatted.text())).text());
        return formatted.text();
    }

    @Test
    void setsSpaces() {
        assertEquals("""
                fn f(x: f32[..., n], k: int = -1) -> f32 = -x ** 2 * (x[1:, :-1, ::2][0] + a.b.c(3 epochs, p: [1, 2])) - 3..-k

                block B(f: fn(int, [f32]) -> bool) {
                  let y = (x, z) -> A(b, c: d) as e * 3 -> rearrange[a, b, (2 h) -> ..., b, h] -> einsum[i j, j -> i]
                }
                """, format("""
                fn f ( x:f32 [...,n] ,k : int=-1 )->f32=- x**2*( x [ 1 : ,:-1,: :2 ] [0]+a . b.c(3   epochs,p:[ 1,2 ]))-3 .. - k
                block B(f:fn (int,[ f32])->bool){let y=(x,z)->A(b,c:d)as e*3->rearrange [a,b,(2 h)->...,b,h]->
                einsum[i j,j->i]}
                """.replace("->\neinsum", "->einsum")));
    }

    @Test
    void dropsTheColonOfOnErrorAndKeepsItsComment() {
        assertEquals("""
                data D {
                  on_error skip(10)
                  on_error // why
                    fail
                }
                """, format("""
                data D { on_error: skip(10) on_error // why
                : fail }
                """));
    }

    @Test
    void putsStatementsOnLines() {
        assertEquals("""
                package a.b

                import c.D
                import c.E

                model M(k: int = 3) {
                  input x: f32[N]

                  for i in 0..k {
                    if i == 0 {
                      h = f(h)
                    } else if i == 1 {} else {
                      require i > 1, "no"
                    }
                  }
                  output x
                }

                data D {}

                fn f(x: f32) = x
                fn g(x: f32) = x

                train T {
                  model m = M() from "w" frozen
                  minimize m(x) over m using sgd(lr: 1)
                }
                """, format("""


                package a.b import c.D import c.E
                model M(k: int = 3)
                {

                  input x: f32[N]



                  for i in 0..k { if i == 0 { h = f(h) } else if i == 1 { } else { require i > 1, "no" } } output x

                }
                data D { } fn f(x: f32) = x fn g(x: f32) = x
                train T { model m = M() from "w" frozen minimize m(x) over m using sgd(lr: 1) }"""));
    }

    @Test
    void keepsTheAuthorsLines() {
        String text = """
                fn f(
                  x: f32,
                  y: [int] = [
                    1, 2,
                    3, 4,
                  ],
                ) -> f32 =
                  x
                    -> A -> B
                    -> C

                train T {
                  minimize a * b
                         + c
                         - d
                    over net using adam(
                      lr: 1,
                    )

                  let x = if a
                    then b
                    else c
                  let z = f((a
                    + b), c
                      -> d)
                }
                """;
        assertEquals(text, format(text));
    }

    @Test
    void breaksLongLines() {
        assertEquals("""
                block Layer(
                  first: int = 1_000_000,
                  second: int = 2_000_000,
                  third: int = 3_000_000,
                  fourth: int = 4_000_000,
                  fifth: int = 5,
                ) {
                  let y = x
                    -> Conv2d(64, kernel: 3, stride: 1, padding: 1, bias: false)
                    -> BatchNorm()
                    -> Conv2d(64, kernel: 3, stride: 1, padding: 1)
                  output a_rather_long_name * another_rather_long_name
                       + a_rather_long_name * another_rather_long_name
                       - a_rather_long_name * another_one
                  require one_condition_that_is_long == another_value,
                    "a sentence that says at length what is wrong with {one} and with {two}"
                  let z = a_function_of_many_things(
                    a_first_argument_that_is_long,
                    a_second_argument_that_is_long,
                    a_third_argument_that_is_long,
                  )
                }
                """, format("""
                block Layer(first: int = 1_000_000, second: int = 2_000_000, third: int = 3_000_000, fourth: int = 4_000_000, fifth: int = 5) {
                  let y = x -> Conv2d(64, kernel: 3, stride: 1, padding: 1, bias: false) -> BatchNorm() -> Conv2d(64, kernel: 3, stride: 1, padding: 1)
                  output a_rather_long_name * another_rather_long_name + a_rather_long_name * another_rather_long_name - a_rather_long_name * another_one
                  require one_condition_that_is_long == another_value, "a sentence that says at length what is wrong with {one} and with {two}"
                  let z = a_function_of_many_things(a_first_argument_that_is_long, a_second_argument_that_is_long, a_third_argument_that_is_long)
                }
                """));
    }

    @Test
    void keepsColumnsThatAreColumns() {
        assertEquals("""
                model M {
                  input  a:   f32[N]  // one
                  output out: f32 = a // two
                  let xyz = 1
                  let q = x -> Dense(D) as query -> f
                  let k = x -> Dense(D) as key   -> f
                }
                """, format("""
                model M {
                  input     a:   f32[N]     // one
                  output    out: f32 = a    // two
                  let xyz   = 1
                  let q = x -> Dense(D) as query -> f
                  let k = x -> Dense(D) as key   -> f
                }
                """));
    }

    @Test
    void keepsComments() {
        assertEquals("""
                // first
                /// The package.
                package a // end of package

                // own
                /// The model.
                model M(
                  // in parameters
                  k: int = 3, // behind
                  // before the end
                ) { // behind the brace
                  // at the top
                  input x: f32[N] // behind

                  let y = x
                    // before a stage
                    -> f // behind a stage
                    -> g
                  let z // strange
                    = 3
                  // at the end
                }
                // behind everything
                """, format("""
                // first
                /// The package.
                package a // end of package
                // own
                /// The model.
                model M( // in parameters
                  k: int = 3 // behind
                  // before the end
                ) { // behind the brace

                  // at the top
                  input x: f32[N]  // behind

                  let y = x
                  // before a stage
                    -> f // behind a stage
                    -> g
                  let z // strange
                  = 3
                      // at the end

                }
                // behind everything""".replace("M( //", "M(\n//")));
    }

    @Test
    void keepsACommentBetweenElseAndIf() {
        assertEquals("""
                fn f(a: bool) {
                  if a {} else // why
                    if 2 > 1 {}
                }
                """, format("""
                fn f(a: bool) { if a {} else // why
                if
                2 > 1 {} }
                """));
    }

    @Test
    void breaksLinesBeforeNamesThatAreKeywords() {
        assertEquals("""
                fn f(input: f32[a_rather_long_name], x: f32[another_rather_long_name], y: f32[one_more]) -> f32[a_rather_long_name] =
                  input

                model M {
                  let y = einsum[
                    i // why
                    let j in -> i
                  ](x)
                }

                train T {
                  keep best by // why
                    let // the name
                  seed 1
                }
                """, format("""
                fn f(input: f32[a_rather_long_name], x: f32[another_rather_long_name], y: f32[one_more]) -> f32[a_rather_long_name] = input
                model M { let y = einsum[i // why
                let
                j in -> i](x) }
                train T { keep best by // why
                let // the name
                seed
                1 }
                """));
    }

    @Test
    void breaksLinesBeforeALongCondition() {
        String list = "[1" + ", 1".repeat(300) + "]";
        assertTrue(format("fn f(a: int) -> f32 = if a == " + list + "[0] then 1 else 2")
                .startsWith("fn f(a: int) -> f32 =\n  if a == [\n"));
    }

    @Test
    void keepsLineEndsAndDropsTheByteOrderMark() {
        assertEquals("fn f(x: f32) = x\r\nfn g(x: f32) = x\r\n", format("\uFEFFfn f(x: f32) = x\r\nfn g(x: f32)=x\n"));
        assertEquals("// a\nfn f(x: f32) = x\n", format("// a\rfn f(x: f32) = x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", " ", "\uFEFF", "\t\r\n"})
    void makesNothingOfNothing(String text) {
        assertEquals("", format(text));
    }

    @Test
    void leavesBrokenTextsAlone() {
        String text = "model  M {\n  input x f32\n}";
        Formatter.Formatted formatted = Formatter.format(new SourceFile("a.nnd", text));
        assertEquals(text, formatted.text());
        assertFalse(formatted.problems().isEmpty());
    }

    @Test
    void takesTimeInProportion() {
        var text = new StringBuilder("fn f(x: f32) = g(" + "[1, -2], ".repeat(100_000) + "x)\n");
        text.append("fn h(x: f32) = x").append(" -> relu // c\n".repeat(50_000));
        assertTrue(format(text.toString()).length() > 1_000_000);
    }
}
