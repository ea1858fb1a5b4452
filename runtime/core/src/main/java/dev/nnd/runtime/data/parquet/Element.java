package dev.nnd.runtime.data.parquet;

import dev.nnd.runtime.data.parquet.Column.Type;

/**
 * An entry of the footer's list of columns.
 *
 * @param type the number of a {@link Type}, -1 for a group
 * @param children of a group
 * @param converted the old way to say what values mean, -1 for none
 * @param logical the new way, the number of the union's field; 0 for none
 * @param unitsASecond of times
 * @param bits of whole numbers
 */
record Element(
        String name,
        int type,
        int length,
        int repetition,
        int children,
        int converted,
        int scale,
        int logical,
        long unitsASecond,
        int bits,
        boolean signed) {
    static final int REQUIRED = 0;
    static final int REPEATED = 2;
    private static final int LIST = 3;

    static Element read(Thrift in) {
        var reader = new Reading();
        in.beginElement();
        while (in.next()) {
            reader.field(in);
        }
        if (reader.repetition > REPEATED) {
            throw ParquetException.damaged("an entry of its list of columns is no column");
        }
        return new Element(
                reader.name,
                reader.type,
                reader.length,
                reader.repetition,
                reader.children,
                reader.converted,
                reader.scale,
                reader.logical,
                reader.unitsASecond,
                reader.bits,
                reader.signed);
    }

    boolean isLeaf() {
        return type >= 0;
    }

    boolean isList() {
        return !isLeaf() && (logical == LIST || converted == LIST);
    }

    /** What its values mean. */
    Form form() {
        return switch (Type.of(type)) {
            case BOOLEAN -> new Form.Truth();
            case FLOAT -> new Form.Single();
            case DOUBLE -> new Form.Real();
            case INT96 -> new Form.JulianTimestamp();
            case INT32, INT64 -> wholeForm();
            case BYTE_ARRAY -> isDecimal() ? new Form.Decimal(scale, true) : new Form.Text();
            case FIXED -> fixedForm();
        };
    }

    private boolean isDecimal() {
        boolean decimal = logical == 5 || converted == 5;
        if (decimal && (scale < 0 || scale > 1_000)) {
            throw ParquetException.damaged("decimals with " + scale + " places");
        }
        return decimal;
    }

    private Form wholeForm() {
        if (isDecimal()) {
            return new Form.Decimal(scale, false);
        }
        return switch (logical) {
            case 6 -> new Form.Date();
            case 7 -> new Form.Time(unitsASecond);
            case 8 -> new Form.Timestamp(unitsASecond);
            case 10 -> new Form.Whole(signed ? 0 : bits);
            default -> convertedForm();
        };
    }

    private Form convertedForm() {
        return switch (converted) {
            case 6 -> new Form.Date();
            case 7 -> new Form.Time(1_000);
            case 8 -> new Form.Time(1_000_000);
            case 9 -> new Form.Timestamp(1_000);
            case 10 -> new Form.Timestamp(1_000_000);
            case 11, 12, 13, 14 -> new Form.Whole(8 << converted - 11);
            default -> new Form.Whole(0);
        };
    }

    private Form fixedForm() {
        if (length < 1) {
            throw ParquetException.damaged("values of " + length + " bytes");
        }
        if (isDecimal()) {
            return new Form.Decimal(scale, true);
        }
        if (logical == 15 && length == 2) {
            return new Form.Half();
        }
        return new Form.Hex();
    }

    /** The fields that have been met. */
    private static final class Reading {
        private String name = "";
        private int type = -1;
        private int length;
        private int repetition;
        private int children;
        private int converted = -1;
        private int scale;
        private int logical;
        private long unitsASecond = 1_000;
        private int bits = 64;
        private boolean signed = true;

        void field(Thrift in) {
            switch (in.field()) {
                case 1 -> type = in.count();
                case 2 -> length = in.count();
                case 3 -> repetition = in.count();
                case 4 -> name = in.text();
                case 5 -> children = in.count();
                case 6 -> converted = in.count();
                case 7 -> scale = in.count();
                case 10 -> logical(in);
                default -> in.skip();
            }
        }

        private void logical(Thrift in) {
            in.begin();
            while (in.next()) {
                logical = in.field();
                in.begin();
                while (in.next()) {
                    detail(in);
                }
            }
        }

        private void detail(Thrift in) {
            boolean time = logical == 7 || logical == 8;
            if (logical == 5 && in.field() == 1) {
                scale = in.count();
            } else if (time && in.field() == 2) {
                unit(in);
            } else if (logical == 10 && in.field() == 1) {
                bits = bits(in.count());
            } else if (logical == 10 && in.field() == 2) {
                signed = in.truth();
            } else {
                in.skip();
            }
        }

        private static int bits(int bits) {
            if (bits != 8 && bits != 16 && bits != 32 && bits != 64) {
                throw ParquetException.damaged("whole numbers of " + bits + " bits");
            }
            return bits;
        }

        private void unit(Thrift in) {
            in.begin();
            while (in.next()) {
                unitsASecond = switch (in.field()) {
                    case 1 -> 1_000;
                    case 2 -> 1_000_000;
                    default -> 1_000_000_000;
                };
                in.skip();
            }
        }
    }
}
