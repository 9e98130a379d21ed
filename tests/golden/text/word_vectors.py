# SPDX-License-Identifier: Apache-2.0
"""Word vectors from positive pointwise mutual information, by NumPy in double.   usage: word_vectors.py FOLDER

FOLDER/word_vectors.txt: `tokens …` of each row; then for each setting `setting WINDOW SMOOTHING WIDTH` and
  `vector …` of each token, with the sign that gives the entry of V largest in magnitude a +, root mean square 0.1
  over the tokens that have neighbours.
"""
import sys
from pathlib import Path

import numpy as np

rng = np.random.default_rng(3)
TOKENS, ROWS, LENGTH = 20, 14, 9
rows = rng.integers(1, TOKENS - 1, (ROWS, LENGTH))          # 1: unknown; the last token never comes
for r in range(ROWS):
    rows[r, LENGTH - r % 5:] = 0                            # padding
rows[3, :] = 0


def vectors(window, smoothing, width):
    count = np.zeros((TOKENS, TOKENS))
    for row in rows:
        for a in range(LENGTH):
            for b in range(LENGTH):
                if a != b and abs(a - b) <= window and row[a] > 1 and row[b] > 1:
                    count[row[a], row[b]] += 1
    smooth = count.sum(0) ** smoothing
    with np.errstate(divide="ignore", invalid="ignore"):
        m = np.log(count * smooth.sum() / np.outer(count.sum(1), smooth))
    m = np.where(count > 0, np.maximum(m, 0), 0)
    u, s, vt = np.linalg.svd(m)
    sign = np.sign(vt[np.arange(width), np.abs(vt[:width]).argmax(axis=1)])
    w = u[:, :width] * np.sqrt(s[:width]) * sign
    return w * 0.1 / np.sqrt((w[count.sum(1) > 0] ** 2).mean())


with open(Path(sys.argv[1]) / "word_vectors.txt", "w") as file:
    for row in rows:
        print("tokens", *row, file=file)
    for window, smoothing, width in (1, 1.0, 3), (3, 0.75, 5), (20, 0.5, 6):
        print("setting", window, smoothing, width, file=file)
        for vector in vectors(window, smoothing, width):
            print("vector", *(f"{x:.8g}" for x in vector), file=file)
