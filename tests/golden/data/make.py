# SPDX-License-Identifier: Apache-2.0
"""Writes what scikit-learn's make_blobs gives, and .npy files as NumPy saves them.

Run with numpy 2.4 and scikit-learn 1.9.1: python make.py
"""

import pathlib
import zlib

import numpy as np
from numpy.lib import format as npy
from sklearn.datasets import make_blobs

HERE = pathlib.Path(__file__).parent


def line(name, values):
    words = [float(v).hex() if isinstance(v, float) else str(int(v)) for v in values]
    return " ".join([name, *words]) + "\n"


def table(name, features, labels):
    """The first and the last row as they are; all bytes as a checksum."""
    yield line(name + "_shape", features.shape)
    yield line(name + "_first", features[0])
    yield line(name + "_last", features[-1])
    yield line(name + "_crc32", [zlib.crc32(features.tobytes()), zlib.crc32(labels.astype("<i4").tobytes())])


# samples, centers, features, cluster_std, lo, hi, random_state; then rows and seed of fresh rows
CASES = [
    (5000, 2, 4, 2.0, -5.0, 5.0, 0, 20000, 1),
    (100, 3, 2, 1.0, -10.0, 10.0, 42, 50, 42),
    (7, 3, 1, 0.3, 0.1, 0.7, 1, 11, 2),
    (2, 5, 3, 1.5, -1.0, 1.0, 2**32 - 1, 1, 0),
    (1001, 7, 5, 0.0, -5.0, 5.0, 12345, 13, 7),
]
with open(HERE / "blobs.txt", "w") as out:
    for case in CASES:
        samples, centers, features, std, lo, hi, seed, rows, fresh_seed = case
        out.write(line("case", case))
        X, y, middle = make_blobs(samples, n_features=features, centers=centers, cluster_std=std,
                                  center_box=(lo, hi), random_state=seed, return_centers=True)
        out.write(line("centers", middle.ravel()))
        out.writelines(table("rows", X, y))
        X, y = make_blobs(rows, centers=middle, cluster_std=std, random_state=fresh_seed)
        out.writelines(table("fresh", X, y))

# One table of three rows and two columns in every type and order that is read.
TABLE = np.array([[1.0, 0.0], [2.0, 250.0], [0.0, 7.0]])
for dtype in ("f8", "f4", "i8", "i4", "u1", "b1"):
    np.save(HERE / f"table_{dtype}.npy", TABLE.astype(dtype))
np.save(HERE / "table_columns_first.npy", np.asfortranarray(TABLE))
for version in ((2, 0), (3, 0)):
    with open(HERE / f"table_version_{version[0]}.npy", "wb") as out:
        npy.write_array(out, TABLE, version)
np.save(HERE / "table_big_endian.npy", TABLE.astype(">f8"))
np.save(HERE / "vector.npy", np.array([0.1, -0.0, np.nan, np.inf, 5e-324]))
np.save(HERE / "large_int64.npy", np.array([2**53, 2**53 + 1, -(2**63), 2**24 + 1]))
np.save(HERE / "labels_f8.npy", np.array([3.0, -1.0, 3.0]))
np.save(HERE / "labels_nan.npy", np.array([1.0, 0.0, np.nan]))
np.save(HERE / "object.npy", np.array([{}], dtype=object), allow_pickle=True)
np.save(HERE / "cube.npy", np.zeros((2, 1, 3)))
np.save(HERE / "scalar.npy", np.array(1.0))
np.save(HERE / "structured.npy", np.zeros(1, dtype=[("a", "f8")]))
np.save(HERE / "float16.npy", np.zeros(3, dtype="f2"))
np.save(HERE / "i4_written.npy", np.arange(-3, 3, dtype="i4").reshape(2, 3))
