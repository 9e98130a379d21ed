#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Weights of scikit-learn's LogisticRegression on small data that the test draws again.

usage: make.py > weights.txt      (scikit-learn 1.9.1, numpy 2.4.6)
"""
import numpy as np
from sklearn.linear_model import LogisticRegression

random = np.random.RandomState(3)
x = random.normal(size=(60, 3)) * [1.0, 2.0, 0.5] + [0.0, 1.0, -2.0]
y = (x @ [1.0, -0.5, 2.0] + random.normal(size=60) > -4.5).astype(int)
weight = random.uniform(size=60).astype(np.float32)
for c, w in ((1.0, None), (0.01, None), (100.0, None), (1.0, weight)):
    model = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    model.fit(x, y, sample_weight=w)
    print(*("%.17g" % v for v in [c, w is not None, *model.coef_[0], model.intercept_[0]]))
