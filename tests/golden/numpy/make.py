# SPDX-License-Identifier: Apache-2.0
"""Writes what NumPy's legacy generator draws and what numpy.sum gives.

A line is a name, then values: whole numbers as they are, float64 in hexadecimal.
Run with numpy 2.4: python make.py
"""

import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent


def line(name, values):
    words = [float(v).hex() if isinstance(v, float) else str(int(v)) for v in values]
    return " ".join([name, *words]) + "\n"


def draws(seed):
    """One generator, asked for one thing after the other, as tests/numpy/random_state.cpp asks."""
    random = np.random.RandomState(seed)
    bits = random.randint(0, 2**32, size=1300, dtype=np.uint32)
    yield "bits", bits[[0, 1, 2, 622, 623, 624, 625, 1247, 1248, 1299]]
    yield "sample", random.random_sample(3)
    yield "uniform", random.uniform(-5.3, 5.1, 3)
    yield "normal", random.normal(0.1, 2.7, 3)  # an odd number: one value is kept
    ids = np.arange(10)
    random.shuffle(ids)
    yield "shuffle", ids
    yield "kept", random.normal(0.0, 1.0, 2)  # the first is the one that was kept
    yield "permutation", random.permutation(70000)[:12]
    yield "choice", random.choice(5000, 8, replace=False)
    yield "choice_of", random.choice(np.arange(7, 700, 7), 6, replace=False)
    yield "randint", [random.randint(3, 10) for _ in range(6)]
    yield "randint_wide", [random.randint(0, 2**32), random.randint(-5, 2**40), random.randint(4, 5)]
    yield "many_normals", random.normal(-3.3, 0.7, 5000)[-3:]
    yield "end", random.random_sample(1)


with open(HERE / "random_state.txt", "w") as out:
    for seed in (0, 1, 2, 42, 12345, 2**32 - 1):
        out.write(line("seed", [seed]))
        for name, values in draws(seed):
            out.write(line(name, values))

# Each sum is of values of many magnitudes and both signs, drawn anew: length, sum, and the sum of
# every third value (a view with a stride).
with open(HERE / "sum.txt", "w") as out:
    lengths = [*range(0, 40), 63, 64, 65, 120, 127, 128, 129, 135, 136, 137, 200, 255, 256, 257]
    lengths += [263, 264, 265, 272, 300, 384, 511, 512, 1000, 1023, 1024, 1025, 4097, 10000, 65536, 100003]
    for length in lengths:
        values = np.random.RandomState(length).normal(0.0, 1.0, length)
        values *= 2.0 ** (np.arange(length) * 7 % 61 - 30)
        out.write(line("sum", [length, float(np.sum(values)), float(np.sum(values[::3]))]))
