"""Writes the HDF5 files of this folder with h5py, in forms that Keras does not use by default, or that no model has."""
import h5py
import numpy as np

A = (np.arange(60, dtype="f4").reshape(5, 12) - 30) / 4


def plain(group):
    group.create_dataset("contiguous", data=A)
    group.create_dataset("chunked", data=A, chunks=(2, 5))
    group.create_dataset("packed", data=A, chunks=(3, 4), compression="gzip", shuffle=True, fletcher32=True)
    group.create_dataset("big", data=A.astype(">f4"))
    group.create_dataset("half", data=A.astype("f2"))
    group.create_dataset("double", data=A.astype("f8"))
    group.create_dataset("short", data=np.arange(-3, 9, dtype="i2"))
    group.create_dataset("unsigned", data=np.arange(250, 256, dtype="u1"))
    group.create_dataset("scalar", data=np.float32(2.5))
    group.create_dataset("unwritten", shape=(4,), dtype="f4")
    group.create_dataset("truth", data=np.array([True, False]))
    group.attrs["one"] = "a text"
    group.attrs["several"] = ["first", "second", "third and longer"]
    group.attrs["fixed"] = np.array([b"ab", b"c"])
    group.attrs["number"] = 3


with h5py.File("early.h5", "w") as f:
    plain(f.create_group("in"))
    for i in range(100):
        f.create_dataset(f"many/of/n{i}", data=np.float32(i))
with h5py.File("tracked.h5", "w", track_order=True) as f:
    g = f.create_group("in", track_order=True)
    plain(g)
    m = f.create_group("many/of", track_order=True)
    for i in range(100):
        m.create_dataset(f"n{i}", data=np.float32(i))
with h5py.File("latest.h5", "w", libver="latest") as f:
    g = f.create_group("in")
    g.create_dataset("contiguous", data=A)
    g.create_dataset("chunked", data=A, chunks=A.shape)
    g.create_dataset("packed", data=A, chunks=A.shape, compression="gzip")
    g.attrs["one"] = "a text"
    g.attrs["several"] = ["first", "second", "third and longer"]
    for i in range(20):
        g.attrs[f"more{i}"] = f"text {i}"
    m = f.create_group("many/of")
    for i in range(600):
        m.create_dataset(f"n{i}", data=np.float32(i))
with h5py.File("links.h5", "w") as f:
    f.create_group("soft")["link"] = h5py.SoftLink("/hard")
    f.create_group("external")["link"] = h5py.ExternalLink("early.h5", "/in")
    g = f.create_group("hard")
    g["self"] = g
    f["other"] = f.create_group("a/b")
    with open("outside.bin", "wb") as out:
        out.write(A.tobytes())
    dcpl = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    dcpl.set_external(b"outside.bin", 0, A.nbytes)
    space = h5py.h5s.create_simple(A.shape)
    h5py.h5d.create(f.id, b"outside", h5py.h5t.IEEE_F32LE, space, dcpl)
    f.create_dataset("lzf", data=A, chunks=(5, 12), compression="lzf")
    f.create_dataset("huge", shape=(40_000, 40_000), chunks=(100, 100), dtype="f4")
    f.create_dataset("large", shape=(20_000, 10_000), chunks=(100, 100), dtype="f4", compression="gzip")
    f.create_dataset("compound", data=np.zeros(3, dtype=[("a", "f4"), ("b", "i4")]))
    f.create_dataset("bomb", data=np.zeros((8000, 8000), "f4"), chunks=(8000, 8000), compression="gzip")
