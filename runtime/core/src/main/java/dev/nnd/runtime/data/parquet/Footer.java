package dev.nnd.runtime.data.parquet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What the end of a file says of it.
 *
 * @param columns those that are read
 */
record Footer(Schema schema, List<Column> columns, List<RowGroup> groups) {

    private static final int MOST_GROUPS = 1 << 18;

    /**
     * Rows whose columns are stored together.
     *
     * @param chunks for each of the columns that are read, where it is
     */
    record RowGroup(long rows, List<Chunk> chunks) {}

    /** Where the file has a column's values of a row group. */
    record Chunk(Codec codec, long values, long start, long length) {}

    /** Reads what these columns need; names that the file has not are left out. */
    static Footer read(Bytes bytes, Collection<String> wanted) {
        var in = new Thrift(bytes);
        Optional<Schema> schema = Optional.empty();
        List<Column> columns = List.of();
        List<RowGroup> groups = List.of();
        in.begin();
        while (in.next()) {
            switch (in.field()) {
                case 2 -> {
                    if (schema.isPresent()) {
                        throw ParquetException.damaged("its footer has two lists of columns");
                    }
                    var read = Schema.read(in);
                    schema = Optional.of(read);
                    columns = wanted.stream()
                            .filter(read.names()::contains)
                            .map(read::column)
                            .toList();
                }
                case 4 -> groups = groups(in, schema.orElseThrow(Footer::noSchema), columns);
                case 8 -> throw ParquetException.unsupported("it is encrypted");
                default -> in.skip();
            }
        }
        return new Footer(schema.orElseThrow(Footer::noSchema), columns, groups);
    }

    private static ParquetException noSchema() {
        return ParquetException.damaged("its footer has no list of columns");
    }

    private static List<RowGroup> groups(Thrift in, Schema schema, List<Column> columns) {
        int n = in.structs();
        if (n > MOST_GROUPS) {
            throw ParquetException.unsupported("it has " + n + " row groups, and at most " + MOST_GROUPS + " are read");
        }
        var groups = new ArrayList<RowGroup>();
        for (int g = 0; g < n; g++) {
            try {
                groups.add(group(in, schema, columns));
            } catch (ParquetException e) {
                throw e.at("row group " + (g + 1));
            }
        }
        return groups;
    }

    private static RowGroup group(Thrift in, Schema schema, List<Column> columns) {
        long rows = 0;
        List<Chunk> chunks = List.of();
        in.beginElement();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> chunks = chunks(in, schema, columns);
                case 3 -> rows = in.whole();
                default -> in.skip();
            }
        }
        if (rows < 0 || chunks.size() != columns.size()) {
            throw ParquetException.damaged("the footer describes it wrongly");
        }
        for (int c = 0; c < columns.size(); c++) {
            if (columns.get(c).maxRepetition() == 0 && chunks.get(c).values() != rows) {
                throw ParquetException.damaged("column \"" + columns.get(c).name() + "\" has "
                        + chunks.get(c).values() + " values for " + rows + " rows");
            }
        }
        return new RowGroup(rows, chunks);
    }

    private static List<Chunk> chunks(Thrift in, Schema schema, List<Column> columns) {
        int n = in.structs();
        if (n != schema.leaves()) {
            throw ParquetException.damaged("it has " + n + " columns, and the file's list has " + schema.leaves());
        }
        var places = new Chunk[columns.size()];
        for (int leaf = 0; leaf < n; leaf++) {
            int wanted = -1;
            for (int c = 0; c < places.length && wanted < 0; c++) {
                wanted = columns.get(c).leaf() == leaf ? c : -1;
            }
            if (wanted < 0) {
                in.beginElement();
                while (in.next()) {
                    in.skip();
                }
            } else {
                places[wanted] = ChunkFields.read(in, columns.get(wanted));
            }
        }
        return List.of(places);
    }
}
