# SPDX-License-Identifier: Apache-2.0
"""Compares the program `gradient_boosting` with LightGBM on many data sets.

Usage: boosting.py --program PATH [--quick] [--only PART_OF_A_NAME]

Both are trained on the same rows; then
  text     the models' texts must agree byte for byte up to the line "end of trees",
  own      each predicts with its own model,
  swapped  each predicts with the other's model file,
and raw scores, probabilities and leaves must agree bit for bit, on the training rows and on fresh
rows with missing and extreme values. Exit status: 0, 1 where something differs, 77 where LightGBM
is not there.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

try:
    import lightgbm
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

FIXED = {"objective": "binary", "num_threads": 1, "enable_bundle": False, "verbose": -1}


class Case:
    def __init__(self, name, X, y, rounds=30, weights=None, **parameters):
        self.name, self.X, self.y, self.weights = name, X, y, weights
        self.parameters = {**parameters, "num_iterations": rounds}


# ---- the data sets ---------------------------------------------------------------------------


def blobs(n, seed=0, features=4, std=2.0):
    random = np.random.RandomState(seed)
    centers = random.uniform(-5, 5, (2, features))
    y = random.randint(0, 2, n)
    return centers[y] + random.normal(0, std, (n, features)), y


def with_share(X, share, value, seed=1):
    X = X.copy()
    X[np.random.RandomState(seed).random_sample(X.shape) < share] = value
    return X


def sizes(quick):
    every = (1, 2, 3, 20, 30, 39, 40, 41, 42, 45, 50, 60, 79, 80, 81, 100, 150, 200, 400, 1040, 5000)
    for n in (1, 30, 40, 41, 50, 200, 1040) if quick else every:
        yield Case(f"blobs {n}", *blobs(n, seed=n), rounds=100 if n < 5000 else 60)
    for seed in range(1, 3 if quick else 7):
        yield Case(f"blobs 1040, seed {seed}", *blobs(1040, seed, features=2 + seed), rounds=50)
    if not quick:
        yield Case("blobs 20000", *blobs(20000, 3, features=8), rounds=20)
        yield Case("blobs 230000, bins of 200000", *blobs(230000, 5, features=3), rounds=5)
        yield Case("blobs 230000, seed 42", *blobs(230000, 5, features=3), rounds=5, seed=42)
        yield Case("wide, 60 columns", *blobs(2000, 6, features=60, std=9.0), rounds=20)


def columns(quick):
    X, y = blobs(400 if quick else 3000, seed=7, features=6)
    random = np.random.RandomState(8)
    for share in (0.02, 0.15, 0.5, 0.9):
        yield Case(f"NaN share {share}", with_share(X, share, np.nan), y)
    for share in (0.05, 0.3, 0.75, 0.98):
        yield Case(f"zero share {share}", with_share(X, share, 0.0), y)
    yield Case("zeros and NaN", with_share(with_share(X, 0.4, 0.0), 0.2, np.nan, 2), y)
    half_nan = X.copy()
    half_nan[:, ::2] = with_share(half_nan[:, ::2], 0.3, np.nan)
    half_nan[:, 1] = np.round(half_nan[:, 1])
    yield Case("NaN in half the columns", half_nan, y)
    yield Case("half steps", np.round(X * 2) / 2, y)
    yield Case("whole steps of 3", np.round(X / 3), y)
    yield Case("two values", (X > 0).astype(float), y)
    yield Case("two values and NaN", with_share((X > 0).astype(float), 0.1, np.nan), y)
    yield Case("positive", np.abs(X) + 0.1, y)
    yield Case("negative", -np.abs(X) - 0.1, y)
    yield Case("from 0 up", np.maximum(X, 0), y)
    yield Case("from 0 down with NaN", with_share(np.minimum(X, 0), 0.1, np.nan), y)
    yield Case("duplicated columns", X[:, [0, 1, 0, 2, 1]], y)
    yield Case("duplicated rows", np.repeat(X[:200], 3, axis=0), np.repeat(y[:200], 3))
    special = X.copy()
    special[:, 0] = 4.5
    special[:, 2] = np.nan
    special[:, 4] = 0.0
    yield Case("constant, all-NaN, all-zero", special, y)
    yield Case("nothing to learn from", np.full((100, 2), 3.0), y[:100])
    extreme = np.array([np.inf, -np.inf, 1e300, -1e300, 1e-36, -1e-36, -0.0, 5e-324, 1e-35, -1e-35])
    odd = X.copy()
    at = random.random_sample(X.shape) < 0.2
    odd[at] = random.choice(extreme, at.sum())
    yield Case("inf, 1e300, 1e-36, -0.0", odd, y)
    yield Case("the same and NaN", with_share(odd, 0.1, np.nan), y)
    yield Case("only inf and 1e300", random.choice(extreme[:4], X.shape), y)
    yield Case("neighbouring floats", 1 + np.round(X) * np.finfo(float).eps, y)
    yield Case("one column", X[:, :1], y)


def types(quick):
    X, y = blobs(400 if quick else 2000, seed=9)
    yield Case("float32", X.astype(np.float32), y)
    yield Case("int64", np.round(X * 10).astype(np.int64), y)
    yield Case("int64, large", np.round(X * 1e8).astype(np.int64) * 3 + 2**40, y)
    yield Case("int32", np.round(X * 1e8).astype(np.int32), y)
    yield Case("uint8", np.round(np.abs(X) * 20).astype(np.uint8), y)
    yield Case("bool", X > 0, y)
    yield Case("columns first", np.asfortranarray(X), y)
    yield Case("float32, columns first, NaN", np.asfortranarray(with_share(X, 0.1, np.nan).astype(np.float32)), y)


def labels(quick):
    n = 600 if quick else 3000
    X, y = blobs(n, seed=11)
    random = np.random.RandomState(12)
    yield Case("noise", X, random.randint(0, 2, n))
    yield Case("3 % positive", X, (random.random_sample(n) < 0.03).astype(int))
    yield Case("97 % positive", X, (random.random_sample(n) < 0.97).astype(int))
    yield Case("exactly half", X[:100], np.repeat([0, 1], 50))
    yield Case("one positive", X[:200], np.r_[1, np.zeros(199, int)])
    yield Case("all 0", X[:200], np.zeros(200, int))
    yield Case("all 1", X[:200], np.ones(200, int))
    yield Case("-1 and 1", X, 2 * y - 1)
    yield Case("float labels", X, y.astype(float))
    line = np.linspace(-1, 1, 60)[:, None]
    yield Case("separable, 1 column", line, (line[:, 0] > 0).astype(int), rounds=150)
    yield Case("separable", X, (X[:, 1] > 0).astype(int), rounds=150)
    weights = random.uniform(0, 3, n)
    yield Case("weights", X, y, weights=weights)
    yield Case("weights, float32", X, y, weights=weights.astype(np.float32))
    yield Case("weights, 30 % zeros", X, y, weights=np.where(random.random_sample(n) < 0.3, 0, weights))
    yield Case("weights, large and small", X, y, weights=10.0 ** random.randint(-4, 5, n))
    yield Case("weights, whole", X, y, weights=random.randint(1, 4, n))
    yield Case("weights all 0.5, 41 rows", X[:41], y[:41], weights=np.full(41, 0.5))


def settings(quick):
    X, y = blobs(400 if quick else 1500, seed=13)
    mixed = with_share(with_share(X, 0.2, 0.0), 0.1, np.nan, 3)
    grid = [
        {"num_leaves": 2}, {"num_leaves": 4}, {"num_leaves": 63}, {"num_leaves": 200, "min_data_in_leaf": 2},
        {"max_depth": 1}, {"max_depth": 3}, {"max_depth": 5, "num_leaves": 31}, {"max_depth": 7, "num_leaves": 20},
        {"lambda_l2": 1}, {"lambda_l2": 10.5}, {"min_gain_to_split": 0.1}, {"min_gain_to_split": 2},
        {"max_bin": 2}, {"max_bin": 3}, {"max_bin": 15}, {"max_bin": 63}, {"max_bin": 254}, {"max_bin": 256},
        {"max_bin": 1000}, {"max_bin": 1000, "min_data_in_bin": 1}, {"min_data_in_bin": 1}, {"min_data_in_bin": 25},
        {"min_data_in_leaf": 1}, {"min_data_in_leaf": 5}, {"min_data_in_leaf": 120}, {"min_data_in_leaf": 700},
        {"min_sum_hessian_in_leaf": 0}, {"min_sum_hessian_in_leaf": 1}, {"min_sum_hessian_in_leaf": 20},
        {"learning_rate": 0.01}, {"learning_rate": 0.5}, {"learning_rate": 1},
        {"seed": 0}, {"seed": 42}, {"seed": 7, "bin_construct_sample_cnt": 300}, {"bin_construct_sample_cnt": 1000},
        {"feature_pre_filter": "false"}, {"feature_pre_filter": "false", "min_data_in_leaf": 100},
        {"use_missing": "false"}, {"num_iterations": 1}, {"num_iterations": 300, "learning_rate": 0.9},
        {"num_leaves": 15, "learning_rate": 0.3, "lambda_l2": 2, "min_data_in_leaf": 3, "max_bin": 100},
    ]  # fmt: skip
    for parameters in grid[::4] if quick else grid:
        rounds = parameters.get("num_iterations", 30)
        rest = {k: v for k, v in parameters.items() if k != "num_iterations"}
        name = " ".join(f"{k}={v}" for k, v in parameters.items())
        yield Case(name, X, y, rounds=rounds, **rest)
        yield Case(name + ", zeros and NaN", mixed, y, rounds=rounds, **rest)


def random_column(random, n):
    column = random.normal(0, 2, n)
    kind = random.randint(9)
    if kind == 1:
        column = np.round(column * 2 ** random.randint(0, 4))
    if kind == 2:
        column = np.abs(column) * 10.0 ** random.randint(-40, 40)
    if kind == 3:
        column = random.choice(np.unique(np.round(column, 1)), n)
    if kind == 4:
        column = np.exp(4 * column)
    if kind == 5:
        column = np.full(n, column[0])
    if kind == 6:
        column = -np.floor(np.abs(column))
    if random.randint(2):
        column[random.random_sample(n) < random.random_sample()] = 0.0
    if random.randint(3) == 0:
        column[random.random_sample(n) < random.random_sample() ** 2] = np.nan
    return column


def mixtures(quick):
    """Random columns, labels, weights and parameters."""
    for seed in range(8 if quick else 100):
        random = np.random.RandomState(1000 + seed)
        n = int(10 ** random.uniform(1.5, 3.3))
        X = np.stack([random_column(random, n) for _ in range(random.randint(1, 9))], axis=1)
        hint = np.nan_to_num(X).argsort(axis=0).argsort(axis=0).sum(axis=1)
        y = (hint + random.normal(0, n, n) > np.quantile(hint, random.uniform(0.05, 0.95))).astype(int)
        weights = random.exponential(1, n) if random.randint(3) == 0 else None
        some = {
            "num_leaves": random.randint(2, 64),
            "max_depth": random.randint(1, 9),
            "min_data_in_leaf": random.randint(1, 40),
            "lambda_l2": random.choice([0.1, 1.0, 7.0]),
            "min_gain_to_split": random.choice([1e-3, 0.2]),
            "max_bin": random.randint(2, 400),
            "min_data_in_bin": random.randint(1, 12),
            "learning_rate": random.choice([0.03, 0.3, 0.7]),
            "min_sum_hessian_in_leaf": random.choice([0.0, 0.1, 3.0]),
        }
        chosen = {name: value for name, value in some.items() if random.randint(3) == 0}
        yield Case(f"mixture {seed}", X, y, rounds=25, weights=weights, **chosen)


def cases(quick):
    for group in (sizes, columns, types, labels, settings, mixtures):
        yield from group(quick)


def fresh_rows(X, seed=21):
    """Rows mixed from the columns, between and beyond the values, with missing and extreme ones."""
    random = np.random.RandomState(seed)
    rows = np.stack([random.choice(column, 300) for column in X.T.astype(np.float64)], axis=1)
    with np.errstate(invalid="ignore", over="ignore"):
        rows[100:] += random.normal(0, 0.3, (200, X.shape[1]))
    extreme = np.array([np.nan, np.nan, np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-36, 1e300, -1e300])
    at = random.random_sample(rows.shape) < 0.15
    rows[at] = random.choice(extreme, at.sum())
    return rows


# ---- the comparison --------------------------------------------------------------------------


def upto_end(text):
    return text[: text.index("end of trees")]


def bits(values):
    return np.ascontiguousarray(values, np.float64).view(np.int64)


class Program:
    """The program under test, with its files in a folder."""

    def __init__(self, path, folder):
        self.path, self.folder, self.runs = path, folder, 0

    def run(self, *arguments):
        self.runs += 1  # one thread or two: the results must not depend on it
        command = [self.path, *arguments, "--threads", str(1 + self.runs % 2)]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"exit status {done.returncode}: {done.stderr.strip()}")

    def file(self, name, values):
        np.save(self.folder / name, values)
        return self.folder / name

    def train(self, case, model):
        words = ["train", "--features", self.file("X.npy", case.X), "--labels", self.file("y.npy", case.y)]
        if case.weights is not None:
            words += ["--weights", self.file("w.npy", case.weights)]
        words += ["--param", *(f"{name}={value}" for name, value in case.parameters.items())]
        self.run(*words, "--model", model)

    def predict(self, rows, model, *kind):
        features, output = self.file("P.npy", rows), self.folder / "p.npy"
        self.run("predict", "--features", features, "--model", model, *kind, "--output", output)
        return np.load(output)


def differences(program, rows, booster, model):
    """Which of raw scores, probabilities and leaves differ."""
    kinds = {"raw": {"raw_score": True}, "probability": {}, "leaf": {"pred_leaf": True}}
    options = {"raw": ["--raw"], "probability": [], "leaf": ["--leaf"]}
    for kind, keywords in kinds.items():
        theirs = booster.predict(rows, num_threads=1, **keywords)
        ours = program.predict(rows, model, *options[kind])
        if kind == "leaf":
            theirs = theirs.reshape(ours.shape) if theirs.size == ours.size else theirs
        if theirs.shape != ours.shape or not np.array_equal(bits(theirs), bits(ours)):
            yield kind


def compare(program, case):
    """What differs, as words; none is what is wanted."""
    parameters = {**FIXED, **case.parameters}
    data = lightgbm.Dataset(case.X, label=np.where(case.y > 0, 1, 0), weight=case.weights)
    booster = lightgbm.train(parameters, data)
    ours, theirs = program.folder / "ours.txt", program.folder / "theirs.txt"
    booster.save_model(theirs)
    program.train(case, ours)
    wrong = []
    if upto_end(ours.read_text()) != upto_end(theirs.read_text()):
        wrong.append("text")
    with_our_model = lightgbm.Booster(model_file=str(ours))
    for name, rows in {"training rows": case.X[:5000], "fresh rows": fresh_rows(case.X)}.items():
        wrong += [f"own {kind} ({name})" for kind in differences(program, rows, booster, ours)]
        wrong += [f"swapped {kind} ({name})" for kind in differences(program, rows, with_our_model, theirs)]
    return wrong, booster.num_trees()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="fewer and smaller data sets")
    parser.add_argument("--only", default="", help="data sets with this in their names")
    arguments = parser.parse_args()
    passed = failed = 0
    print(f"lightgbm {lightgbm.__version__}, numpy {np.__version__}")
    print(f"{'data set':52} {'rows':>6} {'columns':>7} {'trees':>5} {'seconds':>7}  result")
    with tempfile.TemporaryDirectory() as folder:
        program = Program(arguments.program.resolve(), pathlib.Path(folder))
        for case in cases(arguments.quick):
            if arguments.only not in case.name:
                continue
            begun = time.perf_counter()
            trees = 0
            try:
                wrong, trees = compare(program, case)
            except (RuntimeError, ValueError, lightgbm.basic.LightGBMError) as why:
                wrong = [str(why)]
            seconds = time.perf_counter() - begun
            rows, columns = case.X.shape
            result = "DIFFERS: " + "; ".join(wrong) if wrong else "same"
            print(f"{case.name:52} {rows:6} {columns:7} {trees:5} {seconds:7.2f}  {result}", flush=True)
            passed += not wrong
            failed += bool(wrong)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
