#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What micro/tabular measures, by LightGBM, scikit-learn and SciPy on one thread: median of seven.

usage: tabular.py      (lightgbm 4.7.0, scikit-learn 1.9.1, scipy 1.17.1)
"""
import statistics
import time

import lightgbm
import numpy as np
from scipy.stats import entropy
from sklearn.datasets import make_blobs
from sklearn.metrics import silhouette_samples

X, y = make_blobs(5000, centers=2, n_features=4, cluster_std=2.0, center_box=(-5.0, 5.0), random_state=0)


def milliseconds(work):
    times = []
    for _ in range(7):
        begin = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times)


def fit(rows):
    return lightgbm.LGBMClassifier(random_state=42, n_jobs=1, verbose=-1).fit(X[:rows], y[:rows])


for rows in (50, 200, 1040, 5000):
    print(f"fit/{rows:<22} {milliseconds(lambda: fit(rows)):9.2f} ms")
model = fit(1040)
fresh = np.random.RandomState(1).normal(size=(25000, 4)) * 3
for rows in (5000, 25000):
    print(f"predict/{rows:<18} {milliseconds(lambda: model.predict_proba(fresh[:rows])):9.2f} ms")
print(f"silhouette{'':<16} {milliseconds(lambda: silhouette_samples(X, y)):9.2f} ms")
for rows in (5000, 1000000):
    p = np.random.RandomState(0).uniform(size=rows)
    p = np.column_stack([1 - p, p])
    print(f"top_by_entropy/{rows:<11} "
          f"{milliseconds(lambda: np.argpartition(-entropy(p, axis=1), 100)[:100]):9.2f} ms")
