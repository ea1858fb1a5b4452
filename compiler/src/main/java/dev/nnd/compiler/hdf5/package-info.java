/**
 * In: the bytes of an HDF5 file. Out: its groups, attributes and arrays of numbers. What Keras and h5py write by default is read: groups as
 * symbol tables or link messages, contiguous, compact and chunked arrays with the filters deflate, shuffle and fletcher32. The files are
 * not trusted: every place and size is held against the bytes that are there, and {@link dev.nnd.compiler.hdf5.Budget} bounds the work and the
 * memory, so that cycles and lies end in one sentence ({@link dev.nnd.compiler.hdf5.Hdf5Problem}).
 * Start here: {@link dev.nnd.compiler.hdf5.Hdf5File}.
 */
@NullMarked
package dev.nnd.compiler.hdf5;

import org.jspecify.annotations.NullMarked;
