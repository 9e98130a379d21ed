"""Agreement, intervals and calibration by other programs.   usage: make.py FOLDER

Needs numpy, scikit-learn, statsmodels, krippendorff, crowd-kit.

FOLDER/agreement.txt: `kappa CLASSES VALUE labels… labels…`; `ratings CLASSES row rater label …`, then of these `alpha`,
`rows` (the rated ones), `raters`, `plain P… ACCURACY… SHARE…` (no smoothing, posterior row after row), `smooth …` (the defaults).
FOLDER/proportion.txt: `CONFIDENCE successes trials lower upper`, after the word `wilson`.
FOLDER/calibration.txt: `case CLASSES BINS`, `truth …`, `probability …`, `brier VALUE`, `mean …`, `share …`, `rows …` of the bins.
"""
import sys
import warnings
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
from crowdkit.aggregation import OneCoinDawidSkene
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, cohen_kappa_score
from statsmodels.stats.proportion import proportion_confint

FOLDER = Path(sys.argv[1])
rng = np.random.RandomState(11)


def write(file, name, *values):
    flat = np.concatenate([np.ravel(v) for v in values]).tolist()
    print(name, *(int(v) if v == int(v) else repr(v) for v in flat), file=file)


def one_coin(counts, right, wrong, of_class, steps):
    """EM on counts[row, rater, class]: a dense array, all at once."""
    rows, raters, classes = counts.shape
    p = counts.sum(1) / counts.sum((1, 2))[:, None]
    for _ in range(steps):
        accuracy = (np.einsum("rwc,rc->w", counts, p) + right) / (counts.sum((0, 2)) + right + wrong)
        share = (p.sum(0) + of_class) / (rows + classes * of_class)
        with np.errstate(divide="ignore"):
            likelihood = np.log(share) + np.einsum("rwc,w->rc", counts, np.log(accuracy)) + np.einsum(
                "rwc,w->rc", counts.sum(2, keepdims=True) - counts, np.log((1 - accuracy) / (classes - 1)))
        p = np.exp(likelihood - likelihood.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
    return p, accuracy, share


def crowd_kit(table, steps):
    frame = pd.DataFrame(table, columns=["task", "worker", "label"])
    found = OneCoinDawidSkene(n_iter=steps, tol=-np.inf).fit(frame)
    return found.probas_.sort_index()[sorted(set(frame.label))].to_numpy()


def ratings(file, rows, accuracies, classes, kept, twice=0.0):
    truth = rng.choice(classes, rows, p=np.r_[0.5, np.full(classes - 1, 0.5 / (classes - 1))])
    table = []
    for w, accuracy in enumerate(accuracies):
        for r in range(rows):
            for _ in range(2 if rng.rand() < twice else 1):
                if rng.rand() < kept:
                    said = truth[r] if rng.rand() < accuracy else (truth[r] + rng.randint(1, classes)) % classes
                    table.append((3 * r, 100 - 7 * w, said))
    table = np.array(table)[rng.permutation(len(table))]
    write(file, "ratings", [classes], table)
    row_ids, row = np.unique(table[:, 0], return_inverse=True)
    rater_ids, rater = np.unique(table[:, 1], return_inverse=True)
    counts = np.zeros((len(row_ids), len(rater_ids), classes))
    np.add.at(counts, (row, rater, table[:, 2]), 1)
    write(file, "alpha", [krippendorff.alpha(value_counts=counts.sum(1).astype(int), level_of_measurement="nominal")])
    write(file, "rows", row_ids)
    write(file, "raters", rater_ids)
    plain = one_coin(counts, 0, 0, 0, 3000)
    assert plain[1].max() < 0.9999, plain[1]
    assert np.abs(crowd_kit(table, 60) - one_coin(counts, 0, 0, 0, 60)[0]).max() < 1e-9
    write(file, "plain", *plain)
    write(file, "smooth", *one_coin(counts, 8, 2, 1, 3000))


def calibration(file, truth, p, bins):
    write(file, "case", [p.shape[1], bins])
    write(file, "truth", truth)
    write(file, "probability", p)
    write(file, "brier", [brier_score_loss(truth, p, labels=np.arange(p.shape[1]), scale_by_half=False)])
    top, right = p.max(1), (p.argmax(1) == truth).astype(int)
    share, mean = calibration_curve(right, top, n_bins=bins, strategy="quantile")
    edges = np.percentile(top, np.linspace(0, 100, bins + 1))
    rows = np.bincount(np.searchsorted(edges[1:-1], top), minlength=bins)
    write(file, "mean", mean)
    write(file, "share", share)
    write(file, "rows", rows[rows > 0])


warnings.simplefilter("error", RuntimeWarning)
with open(FOLDER / "agreement.txt", "w") as file:
    for n, classes in ((2, 2), (7, 2), (40, 2), (40, 3), (25, 6)):
        a = np.r_[0, 1, rng.randint(0, classes, n - 2)]
        b = np.where(rng.rand(n) < 0.6, a, rng.randint(0, classes, n))
        write(file, "kappa", [classes], [cohen_kappa_score(a, b)], a, b)
    ratings(file, 60, (0.9, 0.8, 0.7, 0.7, 0.6), 2, 0.9)
    ratings(file, 40, (0.8, 0.7, 0.7, 0.5), 3, 1.0)
    ratings(file, 50, (0.8, 0.7, 0.7, 0.5, 0.5), 4, 0.8, twice=0.3)

with open(FOLDER / "proportion.txt", "w") as file:
    for confidence in (0.5, 0.8, 0.95, 0.99):
        for x, n in ((0, 1), (1, 1), (0, 10), (9, 10), (10, 10), (19, 20), (15, 30), (49, 50), (91, 100), (160, 200), (7, 10**6)):
            lower, upper = proportion_confint(x, n, 1 - confidence, method="wilson")
            write(file, "wilson", [confidence, x, n, lower, upper])

with open(FOLDER / "calibration.txt", "w") as file:
    for n, classes, bins in ((48, 2, 10), (30, 2, 4), (45, 3, 5), (12, 5, 40), (5, 2, 1)):
        p = np.round(rng.dirichlet(np.ones(classes), n), 12)
        p[:, 0] = 1 - p[:, 1:].sum(1)
        truth = np.array([rng.choice(classes, p=row / row.sum()) for row in p])
        calibration(file, truth, p, bins)
    one = rng.choice([0.1, 0.25, 0.75, 0.875, 1.0], 41)  # many equal ones
    calibration(file, rng.randint(0, 2, 41), np.column_stack([1 - one, one]), 6)
