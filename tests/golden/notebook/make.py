#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The blobs experiment in Python, with ties broken by the lowest row number: what an exact
implementation must reproduce.

usage: make.py trajectories.json SEED [SEED ...]      (lightgbm 4.7.0, scikit-learn 1.9.1, numpy 2.4.6;
       about a minute a rule and seed)

trajectories.json is make.py's for the seeds 0, 1, 2. An entry's `asked` are the rows labelled just
before its fit, in order; entry 0 has the 50 of the beginning as they were drawn.
"""
import json
import sys

import numpy as np
from lightgbm import LGBMClassifier
from sklearn.datasets import make_blobs
from sklearn.metrics import roc_auc_score, silhouette_samples

ROWS, ROUNDS, INITIAL, BATCH = 5000, 100, 50, 10
X, y = make_blobs(n_samples=ROWS, centers=2, n_features=4, cluster_std=2.0,
                  center_box=(-5.0, 5.0), random_state=0)

# utility of a row by its entropy over the largest entropy, and its silhouette
RULES = {
    "entropy": lambda entropy, s: entropy,
    "ignorance": lambda entropy, s: 1 - s**2,
    "prioritisation": lambda entropy, s: entropy * (1 - s**2),
    "random": None,
    "modified_ignorance": lambda entropy, s: -s,
    "modified_prioritisation": lambda entropy, s: entropy * -s,
}


def run(rule, seed):
    random = np.random.RandomState(seed)
    known = np.zeros(ROWS, bool)
    ask = random.choice(ROWS, INITIAL, replace=False)
    rounds = []
    for _ in range(ROUNDS):
        known[ask] = True
        ids = np.flatnonzero(known)
        model = LGBMClassifier(random_state=42, n_jobs=1, verbose=-1).fit(X[ids], y[ids])
        p = model.predict_proba(X)
        label = model.predict(X)
        entropy = np.sum(-p * np.log(p + 1e-6), axis=1)
        s = silhouette_samples(X, label)
        rounds.append({
            "asked": [int(i) for i in ask],
            "entropy": float(entropy.sum()),
            "ignorance": float((1 - s**2).sum()),
            "modified_ignorance": float((-s).sum()),
            "fp": int(((label == 1) & (y == 0)).sum()),
            "fn": int(((label == 0) & (y == 1)).sum()),
            "auc": float(roc_auc_score(y, label)),
        })
        free = np.flatnonzero(~known)
        if RULES[rule] is None:
            ask = random.choice(free, BATCH, replace=False)
        else:
            utility = RULES[rule](entropy / entropy.max(), s)[free]
            ask = free[np.argsort(-utility, kind="stable")[:BATCH]]
    return rounds


def main():
    found = {}
    for seed in map(int, sys.argv[2:]):
        for rule in RULES:
            found[f"{rule}/{seed}"] = run(rule, seed)
            print(rule, seed, found[f"{rule}/{seed}"][-1]["auc"], flush=True)
    with open(sys.argv[1], "w") as out:
        json.dump(found, out, separators=(",", ":"))


if __name__ == "__main__":
    main()
