package dev.nnd.runtime.data;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nnd.runtime.NndException;
import dev.nnd.runtime.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageSourceTest {
    private static final List<String> TEN = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    private static final int PIXELS = 3 * 32 * 32;

    @TempDir
    Path folder;

    private final long seed = Seed.fresh();
    private final Random random = new Random(seed);

    private static Dataset idx(String images, String labels) {
        return new TestDatasets.Images(
                List.of(new SourceSpec("train", Format.IDX, List.of(images, labels), List.of())),
                List.of(),
                new long[] {1, 4, 3},
                TEN);
    }

    private static Dataset cifar(String... files) {
        return new TestDatasets.Images(
                List.of(new SourceSpec("train", Format.CIFAR, List.of(files), List.of())),
                List.of(),
                new long[] {3, 32, 32},
                TEN);
    }

    private byte[] pixels(int n) {
        var bytes = new byte[n];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] labels(int n) {
        var bytes = new byte[n];
        for (int i = 0; i < n; i++) {
            bytes[i] = (byte) random.nextInt(10);
        }
        return bytes;
    }

    private NndException failure(Dataset dataset) {
        return assertThrows(NndException.class, () -> {
            try (var session = DataSession.open(dataset, folder, 1 << 20)) {
                session.split("train");
            }
        });
    }

    private void assertFails(Dataset dataset, String... parts) {
        var e = failure(dataset);
        var text = e.getMessage() + " | " + e.help().orElse("");
        assertAll(Arrays.stream(parts).map(part -> () -> assertTrue(text.contains(part), text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz"})
    void readsIdx(String suffix) {
        var images = pixels(5 * 12);
        var labels = labels(5);
        TestFiles.write(folder.resolve("images" + suffix), TestFiles.idx(images, 5, 4, 3));
        TestFiles.write(folder.resolve("labels" + suffix), TestFiles.idx(labels, 5));
        try (var session = DataSession.open(idx("images" + suffix, "labels" + suffix), folder, 1 << 20)) {
            var rows = session.split("train").orElseThrow();
            assertEquals(5, rows.size());
            var row = rows.cursor();
            for (int i = 0; i < 5; i++) {
                row.seek(rows.row(i));
                assertEquals(labels[i], row.label());
                assertEquals(i + 1, row.number());
                assertEquals(12, row.pixels());
                for (int p = 0; p < 12; p++) {
                    assertEquals(images[12 * i + p] & 0xFF, row.pixel(p), "seed " + seed);
                }
            }
        }
    }

    @Test
    void namesTheRecordWhereAPlainFileEnds() {
        var whole = TestFiles.idx(pixels(5 * 12), 5, 4, 3);
        TestFiles.write(folder.resolve("i"), Arrays.copyOf(whole, 16 + 2 * 12 + 7));
        TestFiles.write(folder.resolve("l"), TestFiles.idx(labels(5), 5));
        assertFails(idx("i", "l"), "i is truncated: it ends in record 3 of 5, expected 76 bytes, got 47", "download");
    }

    @Test
    void namesTheRecordWhereAPackedFileEnds() {
        var whole = TestFiles.idx(pixels(5 * 12), 5, 4, 3);
        TestFiles.write(folder.resolve("i.gz"), Arrays.copyOf(whole, 16 + 4 * 12));
        TestFiles.write(folder.resolve("l.gz"), TestFiles.idx(labels(5), 5));
        assertFails(idx("i.gz", "l.gz"), "i.gz is truncated: it ends in record 5 of 5, expected 76 bytes, got 64");
    }

    @Test
    void namesTheRecordWhereAGzipStreamBreaksOff() throws IOException {
        var packed = TestFiles.gzip(TestFiles.idx(pixels(400 * 12), 400, 4, 3));
        Files.write(folder.resolve("i"), Arrays.copyOf(packed, packed.length / 2));
        TestFiles.write(folder.resolve("l"), TestFiles.idx(labels(400), 400));
        assertFails(idx("i", "l"), "i is truncated: it ends in record ", " of 400, expected 4816 bytes, got ");
    }

    @Test
    void refusesADamagedGzipStream() throws IOException {
        var packed = TestFiles.gzip(TestFiles.idx(pixels(400 * 12), 400, 4, 3));
        Arrays.fill(packed, 40, 400, (byte) 0xFF);
        Files.write(folder.resolve("i"), packed);
        TestFiles.write(folder.resolve("l"), TestFiles.idx(labels(400), 400));
        assertFails(idx("i", "l"), "i is damaged: its gzip stream can't be unpacked");
    }

    @Test
    void refusesFewerLabelsInTheFileThanPromised() {
        TestFiles.write(folder.resolve("i.gz"), TestFiles.idx(pixels(5 * 12), 5, 4, 3));
        TestFiles.write(folder.resolve("l.gz"), TestFiles.idx(labels(3), 5));
        assertFails(idx("i.gz", "l.gz"), "l.gz is truncated: it ends in record 4 of 5, expected 13 bytes, got 11");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz"})
    void refusesBytesAfterTheLastRecord(String suffix) {
        TestFiles.write(folder.resolve("i" + suffix), TestFiles.idx(pixels(5 * 12 + 1), 5, 4, 3));
        TestFiles.write(folder.resolve("l" + suffix), TestFiles.idx(labels(5), 5));
        assertFails(idx("i" + suffix, "l" + suffix), "goes on after its 5 records: expected 76 bytes, got");
    }

    @Test
    void refusesAnotherFormat() {
        TestFiles.write(folder.resolve("i"), "x,y\n1,2\n");
        TestFiles.write(folder.resolve("l"), TestFiles.idx(labels(5), 5));
        assertFails(idx("i", "l"), "i is no IDX file: it starts with the bytes 78 2c 79 0a", "00 00 08 03");
    }

    @Test
    void refusesOtherElementTypes() {
        var floats = TestFiles.idx(pixels(5 * 12), 5, 4, 3);
        floats[2] = 0x0D;
        TestFiles.write(folder.resolve("i"), floats);
        TestFiles.write(folder.resolve("l"), TestFiles.idx(labels(5), 5));
        assertFails(idx("i", "l"), "i holds elements of IDX type 0x0d; only unsigned bytes (0x08) are read");
    }

    @Test
    void seesThatTheFilesAreSwapped() {
        TestFiles.write(folder.resolve("i"), TestFiles.idx(pixels(5 * 12), 5, 4, 3));
        TestFiles.write(folder.resolve("l"), TestFiles.idx(labels(5), 5));
        assertFails(idx("l", "i"), "l has 1 dimension and is named as the images file, which has 3", "not swapped");
    }

    @Test
    void refusesImagesAndLabelsOfDifferentCounts() {
        TestFiles.write(folder.resolve("i"), TestFiles.idx(pixels(5 * 12), 5, 4, 3));
        TestFiles.write(folder.resolve("l"), TestFiles.idx(labels(6), 6));
        assertFails(idx("i", "l"), "i holds 5 images and l holds 6 labels: they don't belong together");
    }

    @Test
    void refusesImagesOfOtherDims() {
        TestFiles.write(folder.resolve("i"), TestFiles.idx(pixels(5 * 20), 5, 4, 5));
        TestFiles.write(folder.resolve("l"), TestFiles.idx(labels(5), 5));
        assertFails(
                idx("i", "l"), "The images of i have 4 x 5 = 20 pixels, and the field `image: f32[1, 4, 3]` reads 12");
    }

    @Test
    void believesNoDimsThatCannotBe() {
        TestFiles.write(folder.resolve("i"), TestFiles.idx(pixels(12), 1, -1, -1));
        TestFiles.write(folder.resolve("l"), TestFiles.idx(labels(1), 1));
        assertFails(idx("i", "l"), "i claims records of 4294967295 x 4294967295 bytes, which can't be");
    }

    @Test
    void allocatesNothingForACountThatTheFileDoesNotHold() {
        TestFiles.write(folder.resolve("i.gz"), TestFiles.idx(pixels(12), -1, 4, 3));
        TestFiles.write(folder.resolve("l.gz"), TestFiles.idx(labels(1), -1));
        assertFails(idx("i.gz", "l.gz"), "ends in record 2 of 4294967295");
    }

    @Test
    void refusesAHeaderThatIsCutOff() {
        TestFiles.write(folder.resolve("i"), new byte[] {0, 0, 8, 3, 0, 0});
        TestFiles.write(folder.resolve("l"), TestFiles.idx(labels(5), 5));
        assertFails(idx("i", "l"), "i ends inside its header: expected 16 bytes, got 6");
    }

    @Test
    void namesTheRecordOfAnUnknownLabel() {
        var labels = labels(5);
        labels[3] = 12;
        TestFiles.write(folder.resolve("i"), TestFiles.idx(pixels(5 * 12), 5, 4, 3));
        TestFiles.write(folder.resolve("l"), TestFiles.idx(labels, 5));
        assertFails(idx("i", "l"), "l, record 4: the label is 12, and `label` has 10 names, 0 to 9: 0, 1, 2, 3");
    }

    private byte[] records(int n) {
        var bytes = pixels(n * (1 + PIXELS));
        for (int i = 0; i < n; i++) {
            bytes[i * (1 + PIXELS)] = (byte) random.nextInt(10);
        }
        return bytes;
    }

    @Test
    void readsCifarByGlobInTheOrderOfTheNames() {
        var first = records(3);
        var second = records(2);
        TestFiles.write(folder.resolve("data_batch_1.first3.bin"), first);
        TestFiles.write(folder.resolve("data_batch_2.bin"), second);
        TestFiles.write(folder.resolve("test_batch.bin"), records(1));
        try (var session = DataSession.open(cifar("data_batch_*.bin"), folder, 1 << 20)) {
            var rows = session.split("train").orElseThrow();
            assertEquals(5, rows.size());
            var row = rows.cursor().seek(rows.row(4));
            assertEquals("data_batch_2.bin", row.file());
            assertEquals(2, row.number());
            assertEquals(second[1 + PIXELS], row.label());
            assertEquals(second[1 + PIXELS + 1 + 77] & 0xFF, row.pixel(77), "seed " + seed);
            assertEquals(first[1] & 0xFF, rows.cursor().seek(0).pixel(0));
        }
    }

    @Test
    void readsPackedCifar() {
        TestFiles.write(folder.resolve("a.bin.gz"), records(3));
        try (var session = DataSession.open(cifar("a.bin.gz"), folder, 1 << 20)) {
            assertEquals(3, session.split("train").orElseThrow().size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.bin", "a.bin.gz"})
    void namesTheCifarRecordThatIsCutOff(String name) {
        TestFiles.write(folder.resolve(name), Arrays.copyOf(records(3), 2 * 3073 + 100));
        assertFails(
                cifar(name),
                name + " is truncated or no CIFAR-10 file: record 3 has 100 of 3073 bytes; the file has 6246 bytes");
    }

    @Test
    void namesTheCifarRecordOfAnUnknownLabel() {
        var records = records(3);
        records[2 * 3073] = 10;
        TestFiles.write(folder.resolve("a.bin"), records);
        assertFails(cifar("a.bin"), "a.bin, record 3: the label is 10, and `label` has 10 names");
    }

    @Test
    void refusesAnEmptyCifarFile() {
        TestFiles.write(folder.resolve("a.bin"), new byte[0]);
        assertFails(cifar("a.bin"), "a.bin is empty: expected records of 3073 bytes");
    }

    @Test
    void refusesACifarFieldOfOtherDims() {
        TestFiles.write(folder.resolve("a.bin"), records(1));
        var small = new TestDatasets.Images(
                List.of(new SourceSpec("train", Format.CIFAR, List.of("a.bin"), List.of())),
                List.of(),
                new long[] {3, 16, 16},
                TEN);
        assertFails(
                small,
                "The images of a.bin have 3 x 32 x 32 = 3072 values, and the field `image: f32[3, 16, 16]` reads 768");
    }

    @Test
    void missingFilesAreNamedWithTheFolderAndWhatLooksAlike() {
        TestFiles.write(folder.resolve("data_batch_1.bin"), records(1));
        TestFiles.write(folder.resolve("notes.txt"), "x");
        assertFails(
                cifar("data_batch1.bin"),
                "There is no file data_batch1.bin in " + folder
                        + ", where the source `train` of Pictures looks for it.",
                "Files there that look alike: data_batch_1.bin.",
                "--data DIR");
        assertFails(cifar("batch_*.bin"), "There is no file batch_*.bin in ", "data_batch_1.bin");
    }

    @Test
    void aFileOneFolderDeeperIsPointedAt() throws IOException {
        Files.createDirectory(folder.resolve("cifar"));
        TestFiles.write(folder.resolve("cifar/a.bin"), records(1));
        assertFails(cifar("a.bin"), "it is in " + folder.resolve("cifar") + ": use --data " + folder.resolve("cifar"));
        try (var session = DataSession.open(cifar("cifar/*.bin"), folder, 1 << 20)) {
            assertEquals(1, session.split("train").orElseThrow().size());
        }
    }

    @Test
    void aMissingFolderIsNamed() {
        var e = assertThrows(NndException.class, () -> {
            try (var session = DataSession.open(cifar("a.bin"), folder.resolve("nowhere"), 1)) {
                session.split("train");
            }
        });
        assertTrue(e.getMessage().startsWith("There is no data folder " + folder.resolve("nowhere")), e.getMessage());
    }
}
