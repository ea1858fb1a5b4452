package dev.nnd.compiler.emit.kernel;

import dev.nnd.compiler.emit.Lines;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The functions of the runtime's {@code Floats} as direct calls of the Vector API, in the same steps, so that the bits are the
 * same. Those of the JDK's Vector API differ between interpreted and compiled code. Functions without steps go through memory.
 */
final class VectorFunctions {

    /** 1.5 * 2^23: added and taken away again it rounds; in the lowest bits it leaves the whole number. */
    private static final String ROUND = "12582912f";

    private static final String LN_2 = "0.6931472f";
    private static final String LN_2_REST = "-1.9046542e-9f";

    private static final List<String> EXP_TERMS =
            List.of("0.0013882497f", "0.008366648f", "0.041667204f", "0.16666542f", "0.49999997f");
    private static final List<String> LOG_TERMS = List.of(
            "-0.07634493f",
            "0.12761575f",
            "-0.13160183f",
            "0.14201759f",
            "-0.16623357f",
            "0.20001227f",
            "-0.2500082f",
            "0.3333333f");
    private static final List<String> SINE_TERMS = List.of("-1.9514958e-4f", "0.008332158f", "-0.16666655f");
    private static final List<String> COSINE_TERMS = List.of("2.4432786e-5f", "-0.0013887313f", "0.041666646f");

    private final VectorCode.Locals locals;

    VectorFunctions(VectorCode.Locals locals) {
        this.locals = locals;
    }

    /** e^x for a variable x. */
    Code exp(Code x) {
        Code tiny = locals.declare("tiny", Operand.mask(compared(x, "LT", "-104f")));
        Code clipped = vector("clipped", blend(blend(x, "-104f", tiny), "89f", compared(x, "GT", "89f")));
        Code turns = vector("turns", turns(clipped));
        Code rest = vector("rest", expRest(clipped, turns));
        Code power = fma(fma(polynomial(rest, EXP_TERMS), rest, "1f"), rest, "1f");
        // In two steps, since the scale alone may be below or above all floats.
        Code half = vector(
                "half",
                bits(turns).then("lanewise", operator("ASHR"), Code.atom("1")).then("reinterpretAsFloats"));
        Code first = vector("first", scale(bits(half), "0x3F800000"));
        Code second = vector("second", scale(bits(turns).then("sub", bits(half)), "0x3F800000"));
        return vector("power", blend(power, "0f", tiny)).then("mul", first).then("mul", second);
    }

    /** e^x - 1 for a variable x. */
    Code expm1(Code x) {
        Code clipped =
                vector("clipped", blend(blend(x, "-20f", compared(x, "LT", "-20f")), "89f", compared(x, "GT", "89f")));
        Code half = vector("half", halfExpm1(clipped));
        Code near = x.then("abs").then("compare", operator("LT"), Code.atom("1e-8f"));
        return half.then("add", half).then("blend", x, near);
    }

    /** The hyperbolic tangent of a variable x. */
    Code tanh(Code x) {
        Code twice = vector("twice", x.then("abs").then("mul", Code.atom("-2f")));
        Code clipped = vector("clipped", blend(twice, "-20f", compared(twice, "LT", "-20f")));
        Code half = vector("half", halfExpm1(clipped));
        Code y = half.then("div", half.then("add", Code.atom("1f"))).then("abs");
        Code sign = bits(x).then("and", Code.atom("0x80000000"));
        return bits(y).then("or", sign).then("reinterpretAsFloats");
    }

    /** 1 / (1 + e^-x). */
    Code sigmoid(Code x) {
        Code power = exp(vector("negative", x.then("neg")));
        return spread("1f").then("div", power.then("add", Code.atom("1f")));
    }

    /** The natural logarithm of a variable x. */
    Code log(Code x) {
        Code small = locals.declare("small", Operand.mask(compared(x, "LT", "1.17549435e-38f")));
        Code scaled = vector("scaled", x.then("blend", x.then("mul", Code.atom("33554432f")), small));
        Code y = logOf(scaled, blend(spread(ROUND), "12582937f", small));
        return ofPositive(x, y, "0f").then("blend", x, compared(x, "EQ", "Float.POSITIVE_INFINITY"));
    }

    /** log(1 + x) for a variable x. */
    Code log1p(Code x) {
        Code y = ofPositive(x, logOfOneAnd(x), "-1f");
        return y.then("blend", x, compared(x, "EQ", "0f").then("or", compared(x, "EQ", "Float.POSITIVE_INFINITY")));
    }

    /** log(1 + e^x) for a variable x. */
    Code softplus(Code x) {
        Code away = vector("away", x.then("abs").then("neg"));
        Code power = vector("power", exp(away));
        return x.then("max", Code.atom("0f")).then("add", logOfOneAnd(power));
    }

    /** The sine of a variable x, or with {@code more} right angles the cosine; {@code method} is that of one number. */
    Code wave(Code x, String method, int more) {
        Code turns = vector("turns", fma(x, "0.63661975f", ROUND));
        Code whole = vector("whole", turns.then("sub", Code.atom(ROUND)));
        Code angle = fma(whole, "-1.5707964f", x);
        angle = fma(whole, "4.371139e-8f", angle);
        angle = vector("angle", fma(whole, "1.7151245e-15f", angle));
        Code square = vector("square", angle.then("mul", angle));
        Code sine = fma(polynomial(square, SINE_TERMS), square.then("mul", angle), angle);
        Code half = fma(square, "-0.5f", "1f");
        Code cosine = fma(polynomial(square, COSINE_TERMS), square.then("mul", square), half);
        Code count = more == 0 ? bits(turns) : bits(turns).then("add", Code.atom(Integer.toString(more)));
        Code quadrant = vector(
                "quadrant",
                count.then("lanewise", operator("LSHL"), Code.atom("30")).then("reinterpretAsFloats"));
        Code odd = bits(quadrant).then("and", Code.atom("0x40000000")).then("reinterpretAsFloats");
        Code y = sine.then("blend", cosine, compared(odd, "GT", "0f"));
        Code sign = bits(quadrant).then("and", Code.atom("0x80000000"));
        Code wave =
                vector("wave", bits(y).then("lanewise", operator("XOR"), sign).then("reinterpretAsFloats"));
        Code far = x.then("abs").then("compare", operator("GT"), Code.atom("32768f"));
        locals.open("if (" + far.then("anyTrue").text() + ")");
        locals.add(wave.text() + " = " + byMemory(method, x).text());
        locals.close();
        return wave;
    }

    /** A function of the lanes' numbers one by one. */
    Code oneByOne(String method, Code... operands) {
        return vector("value", byMemory(method, operands));
    }

    private Code byMemory(String method, Code... operands) {
        for (int i = 0; i < operands.length; i++) {
            String to = Accumulation.SPARE + (i == 0 ? "" : " + 4 * LANES");
            locals.add(operands[i]
                    .then("intoMemorySegment", Code.atom("MEMORY"), Code.atom(to), Code.atom("ORDER"))
                    .text());
        }
        locals.add("Lanes." + method + "(" + Accumulation.SPARE + ", LANES)");
        return Code.call(
                "FloatVector.fromMemorySegment",
                Code.atom("SPECIES"),
                Code.atom("MEMORY"),
                Code.atom(Accumulation.SPARE),
                Code.atom("ORDER"));
    }

    /** (x) -> e^x as statements for loops that are text; x is the variable {@code from}, and the result {@code to}. */
    static String exp(String from, String to) {
        var lines =
                new Lines().open("").open(""); // as deep as it will stand, since that decides where lines are broken
        var locals = new StatementLocals(
                (name, value) -> {
                    lines.add(
                            value.javaType() + " " + name + " = " + value.code().text());
                    return Code.atom(name);
                },
                lines);
        locals.declare(to, Operand.vector(new VectorFunctions(locals).exp(Code.atom(from))));
        return lines.toString()
                .lines()
                .skip(2)
                .collect(Collectors.joining("\n"))
                .stripIndent();
    }

    /** (e^x - 1) / 2 for a variable x from -20 to 89. */
    private Code halfExpm1(Code x) {
        Code turns = vector("turns", turns(x));
        Code rest = vector("rest", expRest(x, turns));
        Code power = fma(polynomial(rest, EXP_TERMS), rest.then("mul", rest), rest);
        Code scale = vector("scale", scale(bits(turns), "0x3F000000"));
        return power.then("lanewise", operator("FMA"), scale, scale.then("sub", Code.atom("0.5f")));
    }

    private static Code turns(Code x) {
        return fma(x, "1.442695f", ROUND);
    }

    private Code expRest(Code x, Code turns) {
        Code whole = vector("whole", turns.then("sub", Code.atom(ROUND)));
        return fma(whole, LN_2_REST.substring(1), fma(whole, "-" + LN_2, x));
    }

    /** 2^n for bits whose lowest are n; {@code bias} are the bits of the result for 0. */
    private static Code scale(Code bits, String bias) {
        return bits.then("lanewise", operator("LSHL"), Code.atom("23"))
                .then("add", Code.atom(bias))
                .then("reinterpretAsFloats");
    }

    private Code logOfOneAnd(Code x) {
        Code sum = vector("sum", x.then("add", Code.atom("1f")));
        Code lost = x.then("sub", sum.then("sub", Code.atom("1f"))).then("div", sum);
        return lost.then("add", logOf(sum, spread(ROUND)));
    }

    private Code logOf(Code x, Code round) {
        Code exponent = vector(
                "exponent",
                bits(x).then("sub", Code.atom("0x3F3504F3"))
                        .then("lanewise", operator("ASHR"), Code.atom("23"))
                        .then("add", Code.atom("0x4B400000"))
                        .then("reinterpretAsFloats"));
        Code mantissa = bits(x).then("sub", bits(exponent).then("lanewise", operator("LSHL"), Code.atom("23")))
                .then("reinterpretAsFloats");
        Code rest = vector("rest", mantissa.then("sub", Code.atom("1f")));
        Code whole = vector("whole", exponent.then("sub", round));
        Code square = vector("square", rest.then("mul", rest));
        Code terms = rest.then("mul", square).then("mul", polynomial(rest, LOG_TERMS));
        Code correction = fma(whole, LN_2_REST, fma(square, "-0.5f", terms));
        return fma(whole, LN_2, rest.then("add", correction));
    }

    /** What it is where x is above {@code least}, minus infinity there, and not a number below. */
    private static Code ofPositive(Code x, Code y, String least) {
        return spread("Float.NaN")
                .then("blend", y, compared(x, "GE", least))
                .then("blend", Code.atom("Float.NEGATIVE_INFINITY"), compared(x, "EQ", least));
    }

    private Code vector(String name, Code value) {
        return locals.declare(name, Operand.vector(value));
    }

    /** By Horner's rule, from the highest power. */
    private static Code polynomial(Code x, List<String> coefficients) {
        Code sum = fma(x, coefficients.get(0), coefficients.get(1));
        for (String coefficient : coefficients.subList(2, coefficients.size())) {
            sum = fma(sum, x, coefficient);
        }
        return sum;
    }

    private static Code fma(Code x, String factor, String term) {
        return x.then("fma", Code.atom(factor), Code.atom(term));
    }

    private static Code fma(Code x, Code factor, String term) {
        return x.then("lanewise", operator("FMA"), factor, Code.atom(term));
    }

    private static Code fma(Code x, String factor, Code term) {
        return x.then("lanewise", operator("FMA"), Code.atom(factor), term);
    }

    private static Code fma(Code x, Code factor, Code term) {
        return x.then("lanewise", operator("FMA"), factor, term);
    }

    private static Code bits(Code x) {
        return x.then("reinterpretAsInts");
    }

    private static Code blend(Code x, String value, Code where) {
        return x.then("blend", Code.atom(value), where);
    }

    private static Code compared(Code x, String how, String with) {
        return x.then("compare", operator(how), Code.atom(with));
    }

    private static Code operator(String name) {
        return Code.atom("VectorOperators." + name);
    }

    private static Code spread(String value) {
        return Code.call("FloatVector.broadcast", Code.atom("SPECIES"), Code.atom(value));
    }
}
