package dev.nnd.runtime.kernel.onednn;

import dev.nnd.runtime.kernel.Shapes;

/**
 * How {@link WinogradConvolution} cuts its work. Tiles, of 2 by 2 numbers of the result, make units, of neighbours in one row of tiles, and units make
 * blocks, whose numbers stay in a processor's own cache from the image to the result. Where there are too few blocks for the threads, these share each of
 * them: channels of the image, the products of matrices, and channels of the result.
 *
 * @param across tiles in a row
 * @param down rows of tiles in an image
 * @param rows rows of tiles in all images
 * @param piece tiles in a unit, of which the last one of a row may have fewer
 * @param pieces units in a row
 * @param blocks how many blocks
 * @param shared whether threads share a block
 */
record WinogradBlocks(long across, long down, long rows, long piece, long pieces, int blocks, boolean shared) {

    /** With fewer rows a product of matrices is slow. */
    static final long FEWEST_TILES = 48;

    private static final long MOST_TILES_OF_A_UNIT = 32;
    private static final long PLACES = 16;
    private static final long LEAST_CACHE = 1L << 20;
    private static final int PARTS_OF_A_THREAD = 2;

    /** For so many threads, each with a cache of so many bytes. */
    static WinogradBlocks of(Shapes.Convolution shape, int threads, long cache) {
        long across = Math.ceilDiv(shape.out()[1], 2);
        long down = Math.ceilDiv(shape.out()[0], 2);
        long rows = shape.n() * down;
        long pieces = Math.ceilDiv(across, MOST_TILES_OF_A_UNIT);
        long piece = Math.ceilDiv(across, pieces);
        pieces = Math.ceilDiv(across, piece);
        long tiles = rows * across;
        long room = Math.max(cache, LEAST_CACHE) / 2 / (PLACES * Float.BYTES * (shape.c() + shape.o()));
        long blocks = Math.ceilDiv(tiles, Math.max(room, FEWEST_TILES));
        int parts = threads == 1 ? 1 : PARTS_OF_A_THREAD * threads;
        blocks = Math.min(Math.ceilDiv(blocks, parts) * parts, Math.max(1, tiles / FEWEST_TILES));
        return new WinogradBlocks(
                across, down, rows, piece, pieces, Math.toIntExact(Math.min(blocks, rows * pieces)), blocks < threads);
    }

    /** Tiles of all images. */
    long tiles() {
        return rows * across;
    }

    /** The first unit of a block; that behind the last one for their number. */
    long firstUnit(int block) {
        return rows * pieces * block / blocks;
    }

    /** The first tile of a unit. */
    long firstTile(long unit) {
        return unit / pieces * across + unit % pieces * piece;
    }

    /** Tiles of a unit. */
    int tiles(long unit) {
        return (int) Math.min(piece, across - unit % pieces * piece);
    }

    /** The most tiles of a block. */
    long mostTiles() {
        long most = 0;
        for (int block = 0; block < blocks; block++) {
            most = Math.max(most, firstTile(firstUnit(block + 1)) - firstTile(firstUnit(block)));
        }
        return most;
    }
}
