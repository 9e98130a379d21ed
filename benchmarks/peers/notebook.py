#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A round of the blobs experiment by LightGBM, scikit-learn and SciPy: what examples/notebook does in
one, fresh rows included, on the labels that it knew.

usage: notebook.py RESULTS.json SIZES [RULE…]

Prints "CPU ms" for each round, then "same" or what differs from RESULTS.json.
"""
import json
import sys
import time

import numpy as np
from lightgbm import LGBMClassifier
from scipy.stats import entropy
from sklearn.datasets import make_blobs
from sklearn.metrics import confusion_matrix, roc_auc_score, silhouette_samples

RULES = ["entropy", "ignorance", "prioritisation", "random", "modified_ignorance", "modified_prioritisation"]
BLOBS = {"n_features": 4, "cluster_std": 2.0}
X, y, centers = make_blobs(5000, centers=2, center_box=(-5.0, 5.0), random_state=0, return_centers=True, **BLOBS)
X_FRESH, Y_FRESH = make_blobs(20000, centers=centers, random_state=1, **BLOBS)


def one_round(known):
    """What is recorded of a round, and the ten rows of the highest utility."""
    model = LGBMClassifier(random_state=42, n_jobs=1, verbose=-1).fit(X[known], y[known])
    probability = model.predict_proba(X)
    label = probability.argmax(axis=1)
    uncertain = entropy(probability + 1e-6, axis=1)
    ignorance = 1 - silhouette_samples(X, label) ** 2
    rest = np.setdiff1d(np.arange(len(y)), known, assume_unique=True)
    utility = (uncertain / uncertain.max() * ignorance)[rest]
    errors = confusion_matrix(y, label)
    record = {
        "fp": int(errors[0, 1]),
        "fn": int(errors[1, 0]),
        "auc": roc_auc_score(y, label),
        "auc_unlabelled": roc_auc_score(y[rest], label[rest]),
        "auc_fresh": roc_auc_score(Y_FRESH, model.predict_proba(X_FRESH).argmax(axis=1)),
    }
    return record, rest[np.argpartition(-utility, 10)[:10]]


def main():
    results = json.load(open(sys.argv[1]))["results"]
    rules = sys.argv[3:] or RULES
    last = min(len(results[f"{rule}/0"]) for rule in rules) - 1
    wrong = []
    for number, at in enumerate(np.linspace(0, last, int(sys.argv[2])).round().astype(int)):
        rule = rules[number % len(rules)]
        rounds = results[f"{rule}/0"][: at + 1]
        known = np.sort(np.concatenate([r["asked"] for r in rounds]))
        if number == 0:
            one_round(known)  # warm
        begin = time.process_time()
        record, _ = one_round(known)
        print(1e3 * (time.process_time() - begin))
        ours = rounds[-1]
        wrong += [f"{rule} round {at}: {key} {record[key]!r}, not {ours[key]!r}"
                  for key in record if abs(record[key] - ours[key]) > 1e-12]
    print("; ".join(wrong) or "same")


if __name__ == "__main__":
    main()
