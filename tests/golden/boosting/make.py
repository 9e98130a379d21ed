# SPDX-License-Identifier: Apache-2.0
"""Models of LightGBM 4.7.0, for tests/learners.                          usage: make.py FOLDER

FOLDER/cases.txt, a line a model:
  NAME KIND ROWS COLS SEED WEIGHTS TEXT_HASH RAW_HASH [PARAMETER=VALUE …]
where the objective is among the parameters if it is not binary.
TEXT_HASH is FNV-1a (64 bit) of the model's text up to and with the line `end of trees`, RAW_HASH of
its raw scores on the training rows (doubles, little endian). The rows are drawn by the generator
below, which tests/learners/boosting/golden_rows.hpp repeats.
FOLDER/losses.txt, a line a model that stops early: OBJECTIVE, trees kept, losses after each iteration.
FOLDER/*.model.txt: whole texts, of models that can be read and of some that are refused.
"""
import struct
import sys
from pathlib import Path

import lightgbm
import numpy as np

FOLDER = Path(sys.argv[1])
FIXED = {"objective": "binary", "verbose": -1, "num_threads": 1, "enable_bundle": False}
EXTREMES = [np.inf, -np.inf, 1e300, -1e300, 1e-36, -1e-36, -0.0, 1.7e308, 5e-324, 1e-35, -1e-35]


class Generator:
    """Knuth's MMIX generator; uniform in [0, 1), a multiple of 2^-53."""

    def __init__(self, seed):
        self.state = seed

    def __call__(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 11) * 2.0**-53


def value(kind, u, chance, column):
    """A cell, from two uniform numbers. Only exact operations: C++ must get the same bits."""
    if kind.startswith("nan"):
        return np.nan if chance < int(kind[3:]) / 100 else u - 0.5
    if kind.startswith("zeros"):
        return 0.0 if chance < int(kind[5:]) / 100 else u - 0.5
    if kind == "mixed":
        return np.nan if chance < 0.25 else 0.0 if chance < 0.5 else np.floor(u * 16) - 8
    if kind == "steps":
        return np.floor(u * 8) / 4 - 1
    if kind == "spike":
        return 1.25 if chance < 0.75 else u
    if kind == "positive":
        return u + 1 if column % 2 == 0 else -u - 1
    if kind == "above":  # the bin of zero is the first
        return np.nan if chance < 0.1 else np.floor(u * 256) / 256 + 1
    if kind == "heavy":
        return np.floor(u * 8) / 8 + 0.0625 if chance < 0.4 else u
    if kind == "flags":
        return 1.0 if u > 0.25 else (np.nan if column % 2 else 0.0)
    if kind == "constant":
        return 3.5 if column == 1 else np.nan if column == 2 else u
    if kind == "extreme":
        return EXTREMES[int(u * len(EXTREMES))] if chance < 0.25 else np.nan if chance < 0.3 else u - 0.5
    if kind == "categories" and column % 2 == 0:
        return np.nan if chance < 0.05 else -1.0 if chance < 0.08 else np.floor(u * u * (4 + 8 * column))
    return u - 0.5  # plain


def rows_of(kind, rows, cols, seed, weights, objective="binary"):
    """Features, labels and weights (or None) of a case."""
    draw = Generator(seed)
    X, y, w = np.empty((rows, cols)), np.empty(rows), np.empty(rows, np.float32)
    for r in range(rows):
        u = []
        for c in range(cols):
            u.append(draw())
            X[r, c] = value(kind, u[c], draw(), c)
        score = u[0] + u[1 % cols] + draw() + draw()
        y[r] = 0 if kind == "all0" else 1 if kind == "all1" else u[0] > 0.5 if kind == "separable" else score > 2
        if objective == "multiclass":
            y[r] = int(score > 1.6) + int(score > 2.2)
        if objective == "regression":
            y[r] = score
        w[r] = draw()
        if weights == "some_zero" and w[r] < 0.5:
            w[r] = 0
    return X, y, None if weights == "none" else w


CASES = [  # kind, rows, cols, weights, parameters
    *[("plain", rows, 4, "none", {}) for rows in (1, 30, 39, 40, 41, 42, 50, 200)],
    ("plain", 1040, 4, "none", {}),
    ("plain", 5000, 3, "none", {"num_iterations": 20}),
    ("plain", 1000, 4, "uniform", {}),
    ("plain", 1000, 4, "some_zero", {}),
    *[(kind, 600, 4, weights, {"num_iterations": 40})
      for kind in ("nan10", "nan50", "nan90", "zeros30", "zeros75", "mixed", "steps", "spike", "positive",
                   "flags", "constant", "extreme") for weights in ("none", "uniform")],
    ("nan10", 3000, 5, "none", {"bin_construct_sample_cnt": 500, "seed": 42}),
    ("mixed", 3000, 5, "none", {"bin_construct_sample_cnt": 2000, "seed": 7, "num_iterations": 20}),
    ("all0", 100, 2, "none", {}), ("all1", 100, 2, "none", {}),
    ("separable", 60, 1, "none", {"num_iterations": 400}),
    *[(kind, 700, 4, "none", {"num_iterations": 25, **parameters}) for kind in ("plain", "mixed") for parameters in (
        {"max_depth": 1}, {"max_depth": 4, "num_leaves": 63}, {"num_leaves": 2}, {"num_leaves": 63},
        {"lambda_l2": 1.5}, {"min_gain_to_split": 0.5}, {"max_bin": 2}, {"max_bin": 15}, {"max_bin": 63},
        {"max_bin": 600, "min_data_in_bin": 1}, {"min_data_in_bin": 20}, {"min_data_in_leaf": 1},
        {"min_data_in_leaf": 0, "min_sum_hessian_in_leaf": 0.01}, {"min_data_in_leaf": 100},
        {"min_sum_hessian_in_leaf": 4.0}, {"learning_rate": 0.5}, {"feature_pre_filter": False},
        {"use_missing": False})],
    *[("heavy", 900, 3, "none", {"num_iterations": 30, "max_bin": bins}) for bins in (12, 20, 30, 60)],
    *[("above", rows, 4, weights, {}) for rows in (300, 1500) for weights in ("none", "uniform")],
    *[("mixed", 700, 4, weights, {"objective": objective, "num_iterations": 15})
      for objective in ("multiclass", "regression") for weights in ("none", "uniform")],
    *[("mixed", 1500, 5, "none", {"num_iterations": 12, **parameters}) for parameters in (
        {"lambda_l1": 2.0}, {"lambda_l1": 0.5, "lambda_l2": 1.5}, {"is_unbalance": True}, {"scale_pos_weight": 3.5},
        {"bagging_fraction": 0.8, "bagging_freq": 1}, {"bagging_fraction": 0.5, "bagging_freq": 2, "seed": 5},
        {"bagging_fraction": 0.6, "bagging_freq": 3, "bagging_seed": 9}, {"feature_fraction": 0.5},
        {"pos_bagging_fraction": 0.4, "neg_bagging_fraction": 0.9, "bagging_freq": 1},
        {"feature_fraction": 0.7, "seed": 3}, {"feature_fraction": 0.3, "feature_fraction_seed": 7})],
    ("plain", 60, 4, "none", {"bagging_fraction": 0.8, "bagging_freq": 2, "num_iterations": 60}),
    ("mixed", 700, 4, "none", {"objective": "multiclass", "num_iterations": 8, "bagging_fraction": 0.7,
                               "bagging_freq": 1, "feature_fraction": 0.6, "lambda_l1": 0.3}),
    ("plain", 50, 4, "none", {"objective": "multiclass"}),
    *[("categories", 1200, 4, weights, {"num_iterations": 12, "categorical_feature": "0,2", **parameters})
      for weights in ("none", "uniform") for parameters in (
        {}, {"min_data_per_group": 5, "cat_smooth": 1.0, "cat_l2": 0.5}, {"max_cat_to_onehot": 20},
        {"max_cat_threshold": 3, "min_data_per_group": 1}, {"objective": "regression", "lambda_l1": 0.5},
        {"objective": "multiclass"}, {"max_bin": 4, "min_data_in_bin": 90},
        {"bagging_fraction": 0.6, "bagging_freq": 1, "feature_fraction": 0.5})],
    # In some iterations nothing can be split, but in later ones with other rows or columns.
    *[("plain", 70, 4, "none", {"num_iterations": 60, "min_gain_to_split": gain, **parameters}) for gain in (1.0, 4.0)
      for parameters in ({"bagging_fraction": 0.7, "bagging_freq": 3}, {"feature_fraction": 0.3})],
    ("categories", 150, 4, "none", {"categorical_feature": "0,2", "max_bin": 3, "num_iterations": 10,
                                    "min_data_in_bin": 1, "min_data_per_group": 5, "cat_smooth": 1.0}),
    ("categories", 700, 4, "none", {"categorical_feature": "0,2", "max_cat_to_onehot": 40, "num_iterations": 20,
                                    "min_data_in_leaf": 1, "min_sum_hessian_in_leaf": 0.0}),
]


def fnv1a(data):
    state = 0xCBF29CE484222325
    for byte in data:
        state = (state ^ byte) * 0x100000001B3 % 2**64
    return f"{state:016x}"


def train(X, y, w=None, categorical="auto", valid=None, **parameters):
    if parameters.get("objective") == "multiclass":
        parameters["num_class"] = 3
    data = lightgbm.Dataset(X, y, weight=w, categorical_feature=categorical, params={**FIXED, **parameters})
    rounds = parameters.get("num_iterations", 100)
    if not valid:
        return lightgbm.train({**FIXED, **parameters}, data, rounds)
    losses = {}
    model = lightgbm.train({**FIXED, **parameters}, data, rounds, [data.create_valid(valid[0], valid[1], valid[2])],
                           callbacks=[lightgbm.record_evaluation(losses)])  # fmt: skip
    return model, next(iter(losses["valid_0"].values()))


def write_cases():
    with open(FOLDER / "cases.txt", "w") as file:
        for number, (kind, rows, cols, weights, parameters) in enumerate(CASES):
            X, y, w = rows_of(kind, rows, cols, number + 1, weights, parameters.get("objective", "binary"))
            rest = {name: v for name, v in parameters.items() if name != "categorical_feature"}
            model = train(X, y, w, [0, 2] if kind == "categories" else "auto", **rest)
            text = model.model_to_string().split("end of trees\n")[0] + "end of trees\n"
            raw = b"".join(struct.pack("<d", p) for p in np.ravel(model.predict(X, raw_score=True)))
            print(f"{number}_{kind}", kind, rows, cols, number + 1, weights, fnv1a(text.encode()), fnv1a(raw),
                  *(f"{name}={str(v).lower()}" for name, v in parameters.items()), file=file)


def write_losses():
    with open(FOLDER / "losses.txt", "w") as file:
        for objective in ("binary", "multiclass", "regression"):
            X, y, w = rows_of("mixed", 800, 4, 77, "uniform", objective)
            model, losses = train(X[:400], y[:400], w[:400], valid=(X[400:], y[400:], w[400:]), objective=objective,
                                  early_stopping_round=4, learning_rate=0.3)  # fmt: skip
            print(objective, model.num_trees(), *(float(loss).hex() for loss in losses), file=file)


def write_models():
    X, y, _ = rows_of("mixed", 300, 3, 99, "none")
    few = {"num_iterations": 3, "num_leaves": 5}
    (FOLDER / "missing.model.txt").write_text(train(X, y, **few).model_to_string())
    (FOLDER / "zero_missing.model.txt").write_text(train(X, y, zero_as_missing=True, **few).model_to_string())
    (FOLDER / "sigmoid.model.txt").write_text(train(X, y, sigmoid=0.7, **few).model_to_string())
    one_leaf = train(X[:30], y[:30])
    (FOLDER / "one_leaf.model.txt").write_text(one_leaf.model_to_string())
    categories = X.copy()
    categories[:, 0] = np.arange(300) % 5
    categorical = train(categories, np.arange(300) % 5 > 2, categorical=[0], **few)
    (FOLDER / "categorical.model.txt").write_text(categorical.model_to_string())
    linear = train(np.nan_to_num(X), y, linear_tree=True, **few)
    (FOLDER / "linear.model.txt").write_text(linear.model_to_string())
    three = train(X, np.arange(300) % 3, objective="multiclass", num_iterations=1, num_leaves=3)
    (FOLDER / "three_classes.model.txt").write_text(three.model_to_string())
    (FOLDER / "regression.model.txt").write_text(train(X, y, objective="regression", **few).model_to_string())
    with open(FOLDER / "predictions.txt", "w") as file:  # MODEL, then probabilities of 1 and leaves, row after row
        for name in ("missing", "zero_missing", "sigmoid", "one_leaf"):
            model = lightgbm.Booster(model_file=str(FOLDER / f"{name}.model.txt"))
            print(f"{name}_raw", *(float(v).hex() for v in model.predict(X[:40], raw_score=True)), file=file)
            print(f"{name}_probability", *(float(v).hex() for v in model.predict(X[:40])), file=file)
            print(f"{name}_leaf", *np.ravel(model.predict(X[:40], pred_leaf=True)), file=file)


write_cases()
write_losses()
write_models()
