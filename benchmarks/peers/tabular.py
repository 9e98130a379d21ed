#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The peers' side of script/compare, with the lines and files of tabular.cpp.

usage: tabular.py WORK FOLDER REPETITIONS THREADS [SETTING]

SETTING: what SETTINGS has for the work; the comparison uses the fastest.
"""
import pathlib
import re
import sys
import time

import numpy as np

SETTINGS = {
    "fit": {"default": {}, "force_row_wise": {"force_row_wise": True}, "force_col_wise": {"force_col_wise": True}},
    "silhouette": {"working_memory 1024": {"working_memory": 1024}, "working_memory 16": {"working_memory": 16}},
}
SETTINGS["top"] = {"scipy.stats.entropy": {"normalise": True}, "scipy.special.entr": {"normalise": False}}
SETTINGS["silhouette_update"] = SETTINGS["silhouette"]


def repeat(work, repetitions):
    """What `work` returned last; its times are printed."""
    result = work()
    for _ in range(repetitions):
        begin, cpu = time.perf_counter(), time.process_time()
        result = work()
        print(f"{1e3 * (time.perf_counter() - begin):.6f} {1e3 * (time.process_time() - cpu):.6f}")
    return result


def fit(folder, repetitions, threads, **setting):
    import lightgbm

    X, y, trees = (np.load(folder / f"{name}.npy") for name in ("X", "y", "trees"))
    parameters = {"objective": "binary", "verbose": -1, "num_threads": threads, **setting}
    model = repeat(lambda: lightgbm.train(parameters, lightgbm.Dataset(X, y), int(trees[0])), repetitions)
    model.save_model(folder / "peer.txt")


def predict(folder, repetitions, threads):
    import lightgbm

    X, model = np.load(folder / "X.npy"), lightgbm.Booster(model_file=folder / "model.txt")
    np.save(folder / "peer.npy", repeat(lambda: model.predict(X, raw_score=True, num_threads=threads), repetitions))


def silhouette(folder, repetitions, threads, labels="y", **setting):
    import sklearn
    from sklearn.metrics import silhouette_samples

    X, y = np.load(folder / "X.npy"), np.load(folder / f"{labels}.npy")
    with sklearn.config_context(**setting):
        np.save(folder / "peer.npy", repeat(lambda: silhouette_samples(X, y), repetitions))


def silhouette_update(folder, repetitions, threads, **setting):
    silhouette(folder, repetitions, threads, "changed", **setting)


def most_memory_kib():
    """The most that this program had; getrusage also knows that of who started it."""
    return int(re.search(r"VmHWM:\s*(\d+)", pathlib.Path("/proc/self/status").read_text())[1])


def top(folder, repetitions, threads, normalise):
    from scipy.special import entr
    from scipy.stats import entropy

    p = np.fromfile(folder / "p.f32", np.float32).reshape(-1, 2)
    memory = most_memory_kib()
    utility = (lambda: entropy(p, axis=1)) if normalise else (lambda: entr(p).sum(axis=1))
    ids = repeat(lambda: np.argpartition(utility(), -100)[-100:], repetitions)
    print("extra", most_memory_kib() - memory)
    np.save(folder / "peer.npy", ids)


def main():
    work, folder, repetitions, threads, *setting = sys.argv[1:]
    chosen = SETTINGS[work][setting[0]] if setting else {}
    globals()[work](pathlib.Path(folder), int(repetitions), int(threads), **chosen)


if __name__ == "__main__":
    main()
