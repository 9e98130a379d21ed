"""Scores by scikit-learn, silhouettes from SciPy's distances in float64.   usage: make.py FOLDER

FOLDER/scores.txt: `case CLASSES`, `truth …`, `probability …` (row after row), `confusion …`, then `METRIC value`.
FOLDER/silhouettes.txt: `rows FEATURES …`, then for each labelling `labels …`, `METRIC …` (one s per row).
Numbers are hexadecimal where the bits matter.
"""
import sys
import warnings
from math import fsum
from pathlib import Path

import numpy as np
from scipy.spatial.distance import cdist
from sklearn import metrics

METRICS = {"euclidean": "euclidean", "sqeuclidean": "sqeuclidean", "cosine": "cosine", "manhattan": "cityblock"}
FOLDER = Path(sys.argv[1])


def write(file, name, values, exact=True):
    print(name, *(float(v).hex() if exact else repr(float(v)) for v in np.ravel(values)), file=file)


def scores(file, name, truth, probability):
    classes = probability.shape[1]
    labels = np.arange(classes)
    predicted = probability.argmax(axis=1)
    print("case_" + name, classes, file=file)
    print("truth", *truth, file=file)
    write(file, "probability", probability)
    print("confusion", *metrics.confusion_matrix(truth, predicted, labels=labels).ravel(), file=file)
    write(file, "accuracy", metrics.accuracy_score(truth, predicted))
    write(file, "log_loss", metrics.log_loss(truth, probability, labels=labels))
    write(file, "f1_macro", metrics.f1_score(truth, predicted, average="macro"))
    if classes == 2:
        write(file, "f1", metrics.f1_score(truth, predicted, zero_division=0.0))
        if len(set(truth)) == 2:
            write(file, "roc_auc", metrics.roc_auc_score(truth, probability[:, 1]))
            write(file, "roc_auc_of_labels", metrics.roc_auc_score(truth, predicted))


def two(p):
    p = np.asarray(p, float)
    return np.column_stack([1 - p, p])


def cosine_distances(rows):
    """In long double: SciPy's 1 - x.y in float64 loses what near directions differ by. Rows of zeros are at 1."""
    rows = rows.astype(np.longdouble)
    length = np.sqrt((rows**2).sum(axis=1))
    with np.errstate(invalid="ignore"):
        directions = rows / length[:, None]
    distances = ((directions[:, None] - directions[None]) ** 2).sum(axis=2) / 2
    return np.nan_to_num(distances, nan=1.0)


def silhouette(distances, labels):
    """By the definition, sums rounded once."""
    s = np.zeros(len(labels))
    for i, own in enumerate(labels):
        means = {c: fsum(distances[i, labels == c]) / ((labels == c).sum() - (c == own) or 1) for c in set(labels)}
        a = means.pop(own)
        if means and (labels == own).sum() > 1 and max(a, min(means.values())) > 0:
            s[i] = (min(means.values()) - a) / max(a, min(means.values()))
    return s


def silhouettes(file, rows, labellings):
    write(file, "rows", [rows.shape[1], *rows.ravel()])
    for labels in labellings:
        labels = np.asarray(labels)
        print("labels", *labels, file=file)
        for name, scipy_name in METRICS.items():
            d = cosine_distances(rows) if name == "cosine" else cdist(rows, rows, scipy_name)
            np.fill_diagonal(d, 0.0)
            s = silhouette(d, labels)
            if 1 < len(set(labels)) < len(labels):
                peer = metrics.silhouette_samples(rows, labels, metric=name)
                assert np.abs(peer - s).max() < 1e-8, (name, np.abs(peer - s).max())
            write(file, name, s, exact=False)


warnings.simplefilter("error")
rng = np.random.RandomState(3)
with open(FOLDER / "scores.txt", "w") as file:
    for n in (2, 3, 7, 8, 40, 300):
        truth = np.r_[0, 1, rng.randint(0, 2, n - 2)]
        scores(file, "any", truth, two(rng.rand(n)))
        scores(file, "ties", truth, two(np.round(rng.rand(n) * 0.5 + truth * 0.4, 1)))
    scores(file, "certain", np.array([0, 0, 1, 1, 1]), two([0, 1, 1, 0, 1]))
    scores(file, "half", np.array([0, 1, 1]), two([0.5, 0.5, 0.5]))
    scores(file, "one_class", np.array([0, 0, 0]), two([0.1, 0.2, 0.3]))
    scores(file, "three", rng.randint(0, 3, 50), np.round(rng.dirichlet([1, 1, 1], 50), 12))
    scores(file, "absent", rng.randint(1, 4, 9), rng.dirichlet([0.01, 3, 3, 3, 0.01], 9))

with open(FOLDER / "silhouettes.txt", "w") as file:
    centres = rng.uniform(-5, 5, (20, 3))
    rows = centres[np.arange(44) % 20] + rng.normal(0, 1.5, (44, 3))
    silhouettes(file, rows, [np.arange(44) % k for k in (2, 3, 4, 5, 7, 10, 13, 20)])
    rows = rng.normal(0, 1, (24, 4))
    labels = rng.randint(0, 3, 24)
    outlier = rows.copy()
    outlier[5] *= 1e6
    silhouettes(file, outlier, [labels])
    silhouettes(file, rows + 1e3, [labels])
    again = rng.randint(-2, 3, (24, 2)).astype(float)  # many duplicates, rows of zeros
    silhouettes(file, again, [labels, np.arange(24) // 2, np.arange(24), np.r_[np.zeros(23, int), 1], np.zeros(24, int)])
