# SPDX-License-Identifier: Apache-2.0
"""Compares the program `silhouette` with scikit-learn on many tables.

Usage: silhouette.py --program PATH [--quick]

Each table and metric is compared twice. With silhouettes from distances in long double, the
difference must be no more than the program says it may be (and what writing float64 adds). With
scikit-learn's silhouette_samples of scipy's cdist, it must be no more than 1e-8. Exit status: 0,
1 where something differs, 77 where scipy or scikit-learn is not there.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from scipy.spatial.distance import cdist
    from sklearn.datasets import make_blobs
    from sklearn.metrics import silhouette_samples
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

METRICS = {"euclidean": "euclidean", "sqeuclidean": "sqeuclidean", "cosine": "cosine", "manhattan": "cityblock"}
ROUNDING = 4 * np.finfo(np.float64).eps  # of the program's own last steps and of writing them
SKLEARN_LIMIT = 1e-8


def tables(quick):
    """name, rows, labels"""
    rows, wide = (250, 300) if quick else (500, 1200)
    for k in range(2, 21):
        X, y = make_blobs(rows, n_features=2 + k % 5, centers=k, cluster_std=2.0, random_state=k)
        yield f"blobs, {k} labels", X, y
    random = np.random.RandomState(1)
    X, y = make_blobs(wide, n_features=30, centers=4, cluster_std=9.0, random_state=1)
    yield "30 features", X, y
    yield "random labels -3, 0, 7", X, random.choice([-3, 0, 7], len(X))
    yield "one row alone", X[:200], np.r_[1, np.zeros(199, int)]
    yield "pairs", X[:100], np.repeat(np.arange(50), 2)
    yield "duplicates", np.repeat(X[:60], 3, axis=0), np.repeat(np.arange(6), 30)
    yield "whole numbers", random.randint(1, 6, (200, 3)), random.randint(0, 3, 200)
    yield "float32", X[:200].astype(np.float32), y[:200]
    yield "columns first", np.asfortranarray(X[:200]), y[:200]
    yield "one feature", random.normal(5, 1, (150, 1)), random.randint(0, 2, 150)
    yield "far from 0", X[:200] + 1e4, y[:200]
    yield "tiny", X[:200] * 1e-30, y[:200]
    yield "large", X[:200] * 1e30, y[:200]
    far = X[:300].copy()
    far[17] *= 1e4
    yield "outlier 1e4", far, y[:300]


def long_distances(X, metric):
    X = X.astype(np.longdouble)
    if metric == "cosine":
        X = X / np.sqrt((X * X).sum(axis=1))[:, None]
    out = np.empty((len(X), len(X)), np.longdouble)
    for i, row in enumerate(X):
        away = X - row
        if metric == "manhattan":
            out[i] = np.abs(away).sum(axis=1)
        else:
            out[i] = (away * away).sum(axis=1)
    if metric == "euclidean":
        return np.sqrt(out)
    return out / 2 if metric == "cosine" else out  # |u - v|^2 = 2 (1 - cos) for unit vectors


def silhouettes(distances, labels):
    values, counts = np.unique(labels, return_counts=True)
    sums = np.stack([distances[:, labels == v].sum(axis=1) for v in values], axis=1)
    own = np.searchsorted(values, labels)
    rows = np.arange(len(labels))
    alone = counts[own] == 1
    a = sums[rows, own] / np.maximum(counts[own] - 1, 1)
    means = sums / counts
    means[rows, own] = np.inf
    b = means.min(axis=1)
    larger = np.maximum(a, b)
    return np.where(alone | (larger == 0), 0, (b - a) / np.where(larger == 0, 1, larger))


def run(program, folder, X, y, metric):
    np.save(folder / "X.npy", X)
    np.save(folder / "y.npy", y)
    command = [program, "--features", folder / "X.npy", "--labels", folder / "y.npy"]
    command += ["--metric", metric, "--output", folder / "s.npy"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    stated = float(re.search(r"^error +at most (\S+)", done.stdout, re.MULTILINE)[1])
    mean = float(re.search(r"^mean +(\S+)", done.stdout, re.MULTILINE)[1])
    return np.load(folder / "s.npy"), stated, mean


def compare(program, folder, X, y, metric):
    """The largest differences from long double and from scikit-learn, and what the program states."""
    ours, stated, mean = run(program, folder, X, y, metric)
    exact = silhouettes(long_distances(X, metric), y)
    distances = cdist(X.astype(np.float64), X.astype(np.float64), METRICS[metric])
    np.fill_diagonal(distances, 0)
    theirs = silhouette_samples(distances, y, metric="precomputed")
    if abs(mean - ours.mean()) > 1e-12:
        raise RuntimeError(f"states the mean {mean}, its values have {ours.mean()}")
    return float(np.abs(ours - exact).max()), float(np.abs(ours - theirs).max()), stated


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="smaller tables")
    arguments = parser.parse_args()
    passed = failed = 0
    print(f"{'table':24} {'metric':12} {'rows':>5}  {'exact':>8} {'stated':>8} {'sklearn':>8}")
    with tempfile.TemporaryDirectory() as name:
        for table, X, y in tables(arguments.quick):
            for metric in METRICS:
                start = f"{table:24} {metric:12} {len(X):5}"
                try:
                    exact, sklearn, stated = compare(arguments.program, pathlib.Path(name), X, y, metric)
                except RuntimeError as why:
                    print(f"{start}  FAILED: {why}")
                    failed += 1
                    continue
                good = exact <= stated + ROUNDING and sklearn <= SKLEARN_LIMIT
                passed += good
                failed += not good
                print(f"{start}  {exact:8.1e} {stated:8.1e} {sklearn:8.1e}{'' if good else '  DIFFERS'}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
