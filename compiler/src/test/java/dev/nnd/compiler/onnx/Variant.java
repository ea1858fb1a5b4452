package dev.nnd.compiler.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.nnd.compiler.type.DType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model of one node, drawn from a line of {@code onnx-operators.txt}, whose head explains the format.
 *
 * @param line the line with its alternatives chosen
 */
record Variant(String line, byte[] model, Map<String, TensorData> inputs) {

    private static final Pattern CHOICE = Pattern.compile("<(?:(\\w)~)?([^<>]*)>");

    private static final Pattern INPUT = Pattern.compile("(@?)([a-z]+)(?:(\\d+):)?((?:[A-Z]?\\d+)(?:x[A-Z]?\\d+)*)?");

    /** Draws the alternatives of a line; those with the same letter are drawn together. */
    static String chosen(String line, Random random) {
        var places = new HashMap<String, Integer>();
        Matcher matcher = CHOICE.matcher(line);
        return matcher.replaceAll(m -> {
            String[] options = m.group(2).split("/", -1);
            int drawn = random.nextInt(options.length);
            int place = m.group(1) == null ? drawn : places.computeIfAbsent(m.group(1), k -> drawn);
            return Matcher.quoteReplacement(options[place]);
        });
    }

    static Variant of(String line, Random random) {
        return new Maker(line, random).made();
    }

    /** One model while it is made. */
    private static final class Maker {
        private final String line;
        private final Random random;
        private final NodeProto.Builder node = NodeProto.newBuilder();
        private final GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
        private final Map<String, TensorData> inputs = new LinkedHashMap<>();

        Maker(String line, Random random) {
            this.line = line;
            this.random = random;
        }

        Variant made() {
            String[] columns = line.split("\\|", -1);
            String[] operator = columns[0].strip().split(" +");
            int colon = operator[0].indexOf(':');
            String domain = colon < 0 ? "" : operator[0].substring(0, colon);
            node.setOpType(operator[0].substring(colon + 1)).setDomain(domain);
            for (String attribute : columns[1].strip().split(" +")) {
                if (!attribute.isEmpty()) {
                    node.addAttribute(attribute(attribute));
                }
            }
            for (String input : columns[2].strip().split(" +")) {
                if (!input.isEmpty()) {
                    input(input);
                }
            }
            String outputs = columns.length > 3 ? columns[3].strip() : "1";
            outputs(outputs.length() == 1 ? "y".repeat(Integer.parseInt(outputs)) : outputs);
            int version = Integer.parseInt(operator[1]);
            var model = ModelProto.newBuilder().setIrVersion(8);
            model.addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(domain.isEmpty() ? version : 17));
            if (!domain.isEmpty()) {
                model.addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version));
            }
            return new Variant(line, model.setGraph(graph.addNode(node)).build().toByteArray(), inputs);
        }

        /** A letter for each output: {@code y} one that is used, {@code n} one that is not. */
        private void outputs(String letters) {
            for (int i = 0; i < letters.length(); i++) {
                boolean used = letters.charAt(i) == 'y';
                node.addOutput(used ? "y" + i : "");
                if (used) {
                    graph.addOutput(ValueInfoProto.newBuilder().setName("y" + i));
                }
            }
        }

        private void input(String text) {
            if (text.equals("-")) {
                node.addInput("");
                return;
            }
            String name = "x" + node.getInputCount();
            node.addInput(name);
            if (text.startsWith("[") || text.startsWith("{")) {
                listed(name, text, text.startsWith("{"));
                return;
            }
            Matcher matcher = INPUT.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(line + ": what is " + text);
            }
            String[] sizes =
                    matcher.group(4) == null ? new String[0] : matcher.group(4).split("x");
            List<Long> dims = Arrays.stream(sizes)
                    .map(s -> Long.valueOf(s.replaceAll("[A-Z]", "")))
                    .toList();
            int bound = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
            TensorData data = drawn(matcher.group(2), bound, dims);
            if (!matcher.group(1).isEmpty()) {
                initializer(name, data);
                return;
            }
            inputs.put(name, data);
            var shape = TensorShapeProto.newBuilder();
            for (String size : sizes) {
                var dim = TensorShapeProto.Dimension.newBuilder();
                boolean free = Character.isLetter(size.charAt(0));
                shape.addDim(free ? dim.setDimParam(size.substring(0, 1)) : dim.setDimValue(Long.parseLong(size)));
            }
            graph.addInput(ValueInfoProto.newBuilder()
                    .setName(name)
                    .setType(TypeProto.newBuilder()
                            .setTensorType(TypeProto.Tensor.newBuilder()
                                    .setElemType(number(data.dtype()))
                                    .setShape(shape))));
        }

        private void listed(String name, String text, boolean floats) {
            boolean narrow = text.endsWith("n]");
            boolean flags = text.endsWith("b]");
            String inside = text.substring(1, text.length() - (narrow || flags ? 2 : 1));
            boolean scalar = inside.startsWith("=");
            inside = scalar ? inside.substring(1) : inside;
            List<Double> values = inside.isEmpty()
                    ? List.of()
                    : Arrays.stream(inside.split(",")).map(Double::valueOf).toList();
            List<Long> dims = scalar ? List.of() : List.of((long) values.size());
            DType dtype = floats ? DType.F32 : narrow ? DType.I32 : flags ? DType.BOOL : DType.I64;
            initializer(name, TensorData.floats(dtype, dims, values::get));
        }

        private void initializer(String name, TensorData data) {
            graph.addInitializer(TensorProto.newBuilder()
                    .setName(name)
                    .setDataType(number(data.dtype()))
                    .addAllDims(data.dims())
                    .setRawData(ByteString.copyFrom(data.bytes().duplicate().clear())));
        }

        private TensorData drawn(String kind, int bound, List<Long> dims) {
            return switch (kind) {
                case "f" -> TensorData.floats(DType.F32, dims, i -> random.nextGaussian());
                case "d" -> TensorData.floats(DType.F64, dims, i -> random.nextGaussian());
                case "p" -> TensorData.floats(DType.F32, dims, i -> 0.1 + 2 * random.nextDouble());
                case "q" -> TensorData.floats(DType.F32, dims, i -> 1.8 * random.nextDouble() - 0.9);
                case "h" -> TensorData.floats(DType.F32, dims, i -> random.nextInt(-6, 7) / 2.0);
                case "z" -> TensorData.floats(DType.F32, dims, i -> ODD[random.nextInt(ODD.length)]);
                case "r" ->
                    TensorData.floats(
                            DType.F32, dims, i -> i % 5 == 0 ? random.nextInt(2) : random.nextInt(4) + i % 5 / 3 * 3);
                case "b" -> TensorData.integers(DType.BOOL, dims, i -> random.nextInt(2));
                case "i" -> TensorData.integers(DType.I64, dims, i -> random.nextInt(bound));
                case "n" -> TensorData.integers(DType.I32, dims, i -> random.nextInt(bound));
                case "k" -> TensorData.integers(DType.I64, dims, i -> random.nextInt(bound) + 1);
                case "s" -> TensorData.integers(DType.I64, dims, i -> random.nextInt(-bound, bound));
                case "t" -> TensorData.integers(DType.I32, dims, i -> random.nextInt(-bound, bound));
                case "u" -> TensorData.integers(DType.U8, dims, i -> random.nextInt(bound));
                case "c" -> TensorData.integers(DType.I8, dims, i -> random.nextInt(-bound, bound));
                default -> throw new IllegalArgumentException(line + ": what is " + kind);
            };
        }
    }

    private static final double[] ODD = {
        0, -0.0, 1, -1, 0.5, -0.5, 2.5, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 100, -100
    };

    private static int number(DType dtype) {
        return switch (dtype) {
            case F32 -> 1;
            case U8 -> 2;
            case I8 -> 3;
            case I32 -> 6;
            case I64 -> 7;
            case BOOL -> 9;
            case F64 -> 11;
            case F16, BF16 -> throw new IllegalArgumentException(dtype.text());
        };
    }

    private static AttributeProto attribute(String text) {
        String name = text.substring(0, text.indexOf('='));
        String value = text.substring(text.indexOf('=') + 1);
        var made = AttributeProto.newBuilder().setName(name);
        if (value.startsWith("[")) {
            return list(made, value.substring(1, value.length() - 1).split(","));
        }
        if (value.matches("-?\\d+")) {
            return made.setType(AttributeProto.AttributeType.INT)
                    .setI(Long.parseLong(value))
                    .build();
        }
        return value.matches("-?[\\d.]+(e-?\\d+)?")
                ? made.setType(AttributeProto.AttributeType.FLOAT)
                        .setF(Float.parseFloat(value))
                        .build()
                : made.setType(AttributeProto.AttributeType.STRING)
                        .setS(ByteString.copyFromUtf8(value.replace("^", "->")))
                        .build();
    }

    private static AttributeProto list(AttributeProto.Builder made, String[] items) {
        if (items[0].matches("-?\\d+")) {
            made.setType(AttributeProto.AttributeType.INTS);
            Arrays.stream(items).forEach(i -> made.addInts(Long.parseLong(i)));
        } else if (items[0].matches("-?[\\d.]+")) {
            made.setType(AttributeProto.AttributeType.FLOATS);
            Arrays.stream(items).forEach(i -> made.addFloats(Float.parseFloat(i)));
        } else {
            made.setType(AttributeProto.AttributeType.STRINGS);
            Arrays.stream(items).forEach(i -> made.addStrings(ByteString.copyFromUtf8(i)));
        }
        return made.build();
    }
}
