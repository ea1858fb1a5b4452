package dev.nnd.compiler.keras;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An object of a config, with the types that its values are wanted in. */
record Config(Map<String, @Nullable Object> values) {

    static Config of(@Nullable Object object) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        Json.map(object).forEach((name, value) -> values.put(String.valueOf(name), value));
        return new Config(Collections.unmodifiableMap(values));
    }

    @Nullable
    Object get(String name) {
        return values.get(name);
    }

    boolean has(String name) {
        return values.get(name) != null;
    }

    Config inner(String name) {
        return of(get(name));
    }

    String text(String name, String otherwise) {
        Object value = get(name);
        return value == null ? otherwise : String.valueOf(value);
    }

    boolean flag(String name, boolean otherwise) {
        return get(name) instanceof Boolean b ? b : otherwise;
    }

    double number(String name, double otherwise) {
        Object value = get(name);
        if (value instanceof Map<?, ?> packed) {
            // A NumPy number: {"class_name": "__numpy__", "config": {"value": 0.2}}.
            return of(packed).inner("config").number("value", otherwise);
        }
        return value instanceof Number n ? n.doubleValue() : otherwise;
    }

    Optional<Long> integer(String name) {
        return get(name) instanceof Number n ? Optional.of(n.longValue()) : Optional.empty();
    }

    long required(String name) {
        return integer(name).orElseThrow(() -> new KerasProblem("its config lacks the number `" + name + "`"));
    }

    /** Whole numbers, or one for all. */
    List<Long> integers(String name, int count, long otherwise) {
        Object value = get(name);
        if (value instanceof Number n) {
            return Collections.nCopies(count, n.longValue());
        }
        if (!(value instanceof List<?> list)) {
            return Collections.nCopies(count, otherwise);
        }
        var numbers = new ArrayList<Long>();
        for (Object item : list) {
            if (!(item instanceof Number n)) {
                throw new KerasProblem("`" + name + "` of its config is no list of numbers");
            }
            numbers.add(n.longValue());
        }
        if (numbers.size() != count) {
            throw new KerasProblem(
                    "`" + name + "` of its config has " + numbers.size() + " numbers instead of " + count);
        }
        return numbers;
    }
}
