# SPDX-License-Identifier: Apache-2.0
"""The data sets and parameters on which boosting.py compares two programs: `cases(quick)`."""

import numpy as np

FIXED = {"num_threads": 1, "enable_bundle": False, "verbose": -1}


class Case:
    """Rows to train on; `valid` are (X, y, weights) to validate on, their threads LightGBM's."""

    def __init__(
        self,
        name,
        X,
        y,
        rounds=30,
        weights=None,
        objective="binary",
        categorical=(),
        valid=None,
        threads=1,
        **parameters,
    ):
        self.name, self.X, self.y, self.weights, self.objective = name, X, y, weights, objective
        self.categorical, self.valid, self.threads = list(categorical), valid, threads
        self.parameters = {**parameters, "num_iterations": rounds}

    def labels(self, y):
        """As LightGBM wants them."""
        if self.objective == "binary":
            return np.where(y > 0, 1, 0)
        return np.searchsorted(np.unique(self.y), y) if self.objective == "multiclass" else y

    def settings(self):
        more = {"num_class": len(np.unique(self.y))} if self.objective == "multiclass" else {}
        return {**FIXED, "objective": self.objective, **more, **self.parameters, "num_threads": self.threads}


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


def classes(quick):
    n = 500 if quick else 1500
    for count in (3, 4, 6):
        X, y = many_blobs(n, count, seed=count)
        yield Case(f"{count} classes", X, y, objective="multiclass", rounds=12)
        weights = np.random.RandomState(1).uniform(0, 2, n)
        yield Case(f"{count} classes, weights", X, y, objective="multiclass", rounds=8, weights=weights)
    X, y = many_blobs(n, 3, seed=9)
    mixed = with_share(with_share(X, 0.2, 0.0), 0.1, np.nan, 3)
    yield Case("3 classes, zeros and NaN", mixed, y, objective="multiclass", rounds=12)
    yield Case("3 classes, 2 threads there", X, y, objective="multiclass", rounds=12, threads=2)
    yield Case("3 classes named 5, -7, 100", X, np.array([5, -7, 100])[y], objective="multiclass", rounds=5)
    yield Case("3 classes, one rare", X, np.where(np.arange(n) < 3, 2, y % 2), objective="multiclass", rounds=25)
    yield Case("3 classes, 30 rows", X[:30], y[:30], objective="multiclass", rounds=5)
    yield Case("3 classes, 60 rows", X[:60], y[:60], objective="multiclass", rounds=60)
    separable = np.digitize(X[:, 0], np.quantile(X[:, 0], [0.3, 0.6]))
    yield Case("3 classes, separable", X, separable, objective="multiclass", rounds=150, num_leaves=4)
    for parameters in SAMPLINGS + [{"lambda_l1": 0.5, "lambda_l2": 1}, {"min_data_in_leaf": 1}]:
        name = "3 classes " + " ".join(f"{k}={v}" for k, v in parameters.items())
        yield Case(name, mixed, y, objective="multiclass", rounds=10, **parameters)


def many_blobs(n, count, seed):
    random = np.random.RandomState(seed)
    centers = random.uniform(-4, 4, (count, 5))
    y = random.randint(0, count, n)
    return centers[y] + random.normal(0, 2.5, (n, 5)), y


def values(n, seed=31):
    random = np.random.RandomState(seed)
    X = random.normal(0, 1, (n, 5))
    return X, np.sin(X[:, 0] * 2) + X[:, 1] * X[:, 2] + random.normal(0, 0.3, n)


def regressions(quick):
    n = 500 if quick else 2000
    X, y = values(n)
    random = np.random.RandomState(32)
    regression = {"objective": "regression", "rounds": 20}
    yield Case("values", X, y, **regression)
    yield Case("values, 2 threads there", X, np.round(y * 64), **regression, threads=2)
    yield Case("values, NaN and zeros", with_share(with_share(X, 0.2, 0.0), 0.1, np.nan, 3), y, **regression)
    yield Case("values, weights", X, y, **regression, weights=random.uniform(0, 3, n))
    yield Case("values, 30 % weights 0", X, y, **regression, weights=(random.random_sample(n) < 0.7) * 1.0)
    yield Case("values of 1e6", X, y * 1e6 + 1e6, **regression)
    yield Case("values of 1e-6", X, y * 1e-6, **regression)
    yield Case("values, counts", X, random.poisson(np.exp(np.clip(y, -2, 2))), **regression)
    yield Case("values, float32", X, y.astype(np.float32), **regression)
    yield Case("values all equal", X, np.full(n, 2.5), **regression)
    yield Case("values all 0", X, np.zeros(n), **regression)
    for rows in (1, 20, 39, 40, 41, 50, 100):
        yield Case(f"values, {rows} rows", X[:rows], y[:rows], **regression)
    more = [{"lambda_l1": 3}, {"lambda_l2": 2, "lambda_l1": 1}, {"num_leaves": 100, "min_data_in_leaf": 1},
            {"max_depth": 3}, {"min_gain_to_split": 0.5}, {"max_bin": 20}]  # fmt: skip
    for parameters in SAMPLINGS + more:
        name = "values " + " ".join(f"{k}={v}" for k, v in parameters.items())
        yield Case(name, X, y, **regression, **parameters)


SAMPLINGS = [
    {"bagging_fraction": 0.8, "bagging_freq": 1},
    {"bagging_fraction": 0.5, "bagging_freq": 2, "seed": 5},
    {"bagging_fraction": 0.4, "bagging_freq": 1, "bagging_seed": 11},
    {"feature_fraction": 0.5},
    {"feature_fraction": 0.7, "seed": 3},
    {"bagging_fraction": 0.8, "bagging_freq": 2, "feature_fraction": 0.6, "feature_fraction_seed": 4},
]  # fmt: skip


def samplings(quick):
    n = 700 if quick else 5000
    X, y = blobs(n, seed=41, features=6)
    mixed = with_share(with_share(X, 0.2, 0.0), 0.1, np.nan, 3)
    random = np.random.RandomState(42)
    more = [
        {"bagging_fraction": 0.05, "bagging_freq": 1}, {"bagging_fraction": 0.8, "bagging_freq": 5},
        {"bagging_fraction": 0.8}, {"bagging_fraction": 0.999, "bagging_freq": 1}, {"feature_fraction": 0.01},
        {"pos_bagging_fraction": 0.3, "bagging_freq": 1}, {"neg_bagging_fraction": 0.5, "bagging_freq": 3},
        {"pos_bagging_fraction": 0.3, "neg_bagging_fraction": 0.9, "bagging_freq": 1, "seed": 8},
        {"seed": 6, "bagging_seed": 2147483647, "bagging_fraction": 0.5, "bagging_freq": 1},
        {"seed": 6, "feature_fraction_seed": 3, "feature_fraction": 0.5}, {"seed": -5, "feature_fraction": 0.5},
        {"feature_fraction": 0.99}, {"data_random_seed": 9, "bin_construct_sample_cnt": 400},
    ]  # fmt: skip
    for parameters in SAMPLINGS + more:
        name = " ".join(f"{k}={v}" for k, v in parameters.items())
        yield Case(name, mixed, y, rounds=12, **parameters)
    yield Case("bags, weights", X, y, rounds=12, weights=random.uniform(0, 2, n), **SAMPLINGS[0])
    yield Case("bags, 2 threads there", X, y, rounds=12, threads=2, **SAMPLINGS[1])
    for rows in (30, 45, 60, 90):
        yield Case(f"bags of {rows} rows", X[:rows], y[:rows], rounds=40, **SAMPLINGS[0])
        yield Case(f"some columns, {rows} rows", X[:rows], y[:rows], rounds=40, feature_fraction=0.3)
    for gain in (1, 2, 4):
        seldom = {"rounds": 60, "min_gain_to_split": gain}
        yield Case(f"bags, splits gain {gain}", X[:70], y[:70], bagging_fraction=0.7, bagging_freq=3, **seldom)
        yield Case(f"some columns, splits gain {gain}", X[:70], y[:70], feature_fraction=0.3, **seldom)
    stubborn = np.c_[X[:60, :1] > 0, random.normal(0, 1, (60, 4))]
    yield Case("bags, seldom a split", stubborn, y[:60], rounds=40, min_gain_to_split=3, **SAMPLINGS[1])
    grid = [{"lambda_l1": 0.1}, {"lambda_l1": 5}, {"lambda_l1": 1e4}, {"lambda_l1": 1, "lambda_l2": 3},
            {"lambda_l1": 0.5, "min_gain_to_split": 0.3}, {"is_unbalance": "true"}, {"scale_pos_weight": 4.5},
            {"scale_pos_weight": 0.1}, {"is_unbalance": "true", "lambda_l1": 2, **SAMPLINGS[0]}]  # fmt: skip
    rare = (random.random_sample(n) < 0.03 + 0.2 * (X[:, 0] > 0)).astype(int)
    for parameters in grid:
        name = " ".join(f"{k}={v}" for k, v in parameters.items())
        yield Case(name + ", 3 to 23 % positive", mixed, rare, rounds=12, **parameters)
    yield Case("is_unbalance, 80 % positive", X, 1 - rare, rounds=12, is_unbalance="true")
    weights = random.uniform(0, 2, n)
    yield Case("is_unbalance, weights", X, rare, rounds=12, is_unbalance="true", weights=weights)


def categories(n, levels, seed, missing=0.05):
    """Columns 0 and 2 are categories, columns 1 and 3 numbers; the label follows all."""
    random = np.random.RandomState(seed)
    effect = random.normal(0, 1, (2, levels))
    # Some categories are much more frequent than others, the numbers of the categories have gaps.
    c = np.minimum((levels * random.random_sample((n, 2)) ** 2).astype(int), levels - 1)
    X = np.stack([c[:, 0] * 3 % (levels * 2), random.normal(0, 1, n), c[:, 1], random.normal(0, 1, n)], axis=1)
    score = effect[0, c[:, 0]] + effect[1, c[:, 1]] + X[:, 1]
    X[random.random_sample(n) < missing, 0] = np.nan
    return X.astype(float), score + random.normal(0, 0.5, n)


def categoricals(quick):
    n = 800 if quick else 4000
    for levels in (2, 3, 4, 5, 12, 60, 300):
        X, score = categories(n, levels, seed=50 + levels)
        y = (score > 0).astype(int)
        yield Case(f"{levels} categories, NaN", X, y, rounds=15, categorical=[0, 2])
        yield Case(f"{levels} categories", np.nan_to_num(X), y, rounds=15, categorical=[0, 2])
    X, score = categories(n, 20, seed=51)
    y = (score > 0).astype(int)
    negative = X.copy()
    negative[::17, 2] = -3
    yield Case("categories, some negative", negative, y, rounds=15, categorical=[0, 2])
    odd = X.copy()
    odd[::13, 2] += 0.75
    odd[::19, 2] = np.random.RandomState(5).choice([1e300, -1e300, np.inf, -np.inf, 3e9, -0.5], odd[::19, 2].shape)
    yield Case("categories, fractions and extremes", odd, y, rounds=15, categorical=[0, 2])
    yield Case("categories of float32", X.astype(np.float32), y, rounds=15, categorical=[0])
    yield Case("categories far apart", X * [1000, 1, 1, 1], y, rounds=10, categorical=[0])
    constant = X.copy()
    constant[:, 0] = 4
    constant[:, 2] = np.nan
    yield Case("categories constant and all NaN", constant, y, rounds=5, categorical=[0, 2])
    yield Case("only categories", X[:, [0, 2]], y, rounds=15, categorical=[0, 1])
    frequent = np.where(np.random.RandomState(6).random_sample(n) < 0.8, 5.0, X[:, 2])
    yield Case("a category of 80 %", np.c_[frequent, X[:, 1]], y, rounds=15, categorical=[0])
    yield Case("0 or 1 in categories", np.c_[X[:, 2] % 2, X[:, 1]], y, rounds=15, categorical=[0])
    for rows in (30, 60, 150, 400):
        yield Case(f"categories, {rows} rows", X[:rows], y[:rows], rounds=15, categorical=[0, 2])
    few = {"min_data_per_group": 5, "cat_smooth": 1}
    grid = [
        {"cat_smooth": 0}, {"cat_smooth": 100}, {"cat_l2": 0}, {"cat_l2": 50}, {"max_cat_threshold": 2},
        {"max_cat_to_onehot": 1}, {"max_cat_to_onehot": 30}, {"min_data_per_group": 1}, few,
        {"max_bin": 8}, {"max_bin": 8, "min_data_in_bin": 300}, {"min_data_in_bin": 1}, {"min_data_in_bin": 50},
        {"lambda_l1": 1, "lambda_l2": 2, **few}, {"min_gain_to_split": 1}, {"use_missing": "false"},
        {"min_data_in_leaf": 1, **few}, {"feature_pre_filter": "false"}, {"learning_rate": 0.5, "num_leaves": 63},
        {"seed": 4, "bin_construct_sample_cnt": 300}, {**SAMPLINGS[0], **few}, {**SAMPLINGS[5], **few},
        {"is_unbalance": "true"}, {"max_depth": 3}, {"num_leaves": 2},
    ]  # fmt: skip
    for parameters in grid[::3] if quick else grid:
        name = "categories " + " ".join(f"{k}={v}" for k, v in parameters.items())
        yield Case(name, X, y, rounds=12, categorical=[0, 2], **parameters)
    weights = np.random.RandomState(7).uniform(0, 2, n)
    yield Case("categories, weights", X, y, rounds=12, categorical=[0, 2], weights=weights)
    yield Case("categories, values", X, score, rounds=12, categorical=[0, 2], objective="regression")
    three = np.digitize(score, [-1, 1])
    yield Case("categories, 3 classes", X, three, rounds=8, categorical=[0, 2], objective="multiclass", **few)


def validations(quick):
    n = 600 if quick else 2000
    X, y = blobs(2 * n, seed=61, features=5)
    weights = np.random.RandomState(62).uniform(0, 2, 2 * n)
    noisy = np.where(np.random.RandomState(63).random_sample(2 * n) < 0.3, 1 - y, y)
    for patience in (0, 1, 5):
        valid = (X[n:], noisy[n:], None)
        yield Case(f"stops after {patience}", X[:n], noisy[:n], 60, valid=valid, early_stopping_round=patience)
    patient = {"early_stopping_round": 5}
    valid = (X[n:], noisy[n:], weights[n:])
    yield Case("stops, weights", X[:n], noisy[:n], 60, weights=weights[:n], valid=valid, **patient)
    yield Case("stops, bags", X[:n], noisy[:n], 60, valid=valid, **patient, **SAMPLINGS[5])
    yield Case("stops, all rounds", X[:n], y[:n], 8, valid=(X[n:], y[n:], None), early_stopping_round=50)
    yield Case("stops, one class", X[:n], np.zeros(n, int), 20, valid=(X[n:], y[n:], None), **patient)
    line = np.linspace(-1, 1, 60)[:, None]
    sure = (line[:, 0] > 0).astype(int)
    yield Case("stops, separable", line, sure, 150, valid=(line[::-1], sure[::-1], None), early_stopping_round=100)
    yield Case("stops, 60 rows, bags", X[:60], y[:60], 60, valid=valid, early_stopping_round=30, **SAMPLINGS[0])
    R, t = values(2 * n)
    for name, w in {"": None, ", weights": weights}.items():
        valid = (R[n:], t[n:], None if w is None else w[n:])
        mine = None if w is None else w[:n]
        case = {"objective": "regression", "learning_rate": 0.4, "weights": mine, "valid": valid}
        yield Case("stops, values" + name, R[:n], t[:n], 60, **case, **patient)
    M, c = many_blobs(2 * n, 4, 64)
    valid = (with_share(M[n:], 0.1, np.nan), c[n:], None)
    many = {"objective": "multiclass", "valid": valid, **patient}
    yield Case("stops, 4 classes", M[:n], c[:n], 40, learning_rate=0.3, **many)
    yield Case("stops, 4 classes, columns", M[:n], c[:n], 40, feature_fraction=0.5, **many)
    C, score = categories(2 * n, 30, 65)
    valid = (C[n:], (score[n:] > 0).astype(int), None)
    category = {"categorical": [0, 2], "valid": valid, "min_data_per_group": 10, **patient}
    yield Case("stops, categories", C[:n], (score[:n] > 0).astype(int), 60, learning_rate=0.3, **category)


def category_column(random, n):
    levels = int(10 ** random.uniform(0.3, 2.3))
    column = np.floor(levels * random.random_sample(n) ** random.choice([1, 2, 4]))
    if random.randint(3) == 0:
        column[random.random_sample(n) < random.random_sample() ** 2] = random.choice([np.nan, -1.0, 0.0])
    return column * random.choice([1, 1, 7])


def combinations(quick):
    """Random mixtures of everything."""
    for seed in range(8 if quick else 100):
        random = np.random.RandomState(3000 + seed)
        n = int(10 ** random.uniform(1.7, 3.4))
        kinds = random.randint(0, 3, random.randint(2, 8)) == 0
        X = np.stack([(category_column if kind else random_column)(random, n) for kind in kinds], axis=1)
        hint = np.nan_to_num(X).argsort(axis=0).argsort(axis=0).sum(axis=1) + random.normal(0, n, n)
        objective = random.choice(["binary", "multiclass", "regression"])
        cuts = np.quantile(hint, {"binary": [random.uniform(0.05, 0.95)]}.get(objective, [0.2, 0.4, 0.9]))
        y = hint / n if objective == "regression" else np.digitize(hint, cuts)
        weights = random.exponential(1, n) if random.randint(3) == 0 else None
        some = {
            "num_leaves": random.randint(2, 64),
            "min_data_in_leaf": random.randint(1, 40),
            "lambda_l1": random.choice([0.1, 2.0]),
            "lambda_l2": random.choice([0.1, 7.0]),
            "max_bin": random.randint(2, 400),
            "learning_rate": random.choice([0.03, 0.7]),
            "min_sum_hessian_in_leaf": random.choice([0.1, 3.0]),
            "feature_fraction": random.uniform(0.2, 1),
            "bagging_freq": random.randint(1, 4),
            "pos_bagging_fraction": random.uniform(0.2, 1),
            "min_data_per_group": random.randint(1, 50),
            "cat_smooth": random.choice([0.5, 30.0]),
            "cat_l2": random.choice([0.0, 1.0]),
            "max_cat_to_onehot": random.randint(1, 20),
            "max_cat_threshold": random.randint(1, 10),
            "is_unbalance": "true",
            "seed": random.randint(0, 1000),
        }
        chosen = {name: value for name, value in some.items() if random.randint(3) == 0}
        if random.randint(2):
            chosen["bagging_fraction"] = random.uniform(0.2, 1)
        valid = None
        if random.randint(3) == 0:
            rows = random.randint(0, n, 200)
            valid = (X[rows], y[rows], None)
            chosen["early_stopping_round"] = random.randint(1, 6)
        names = np.flatnonzero(kinds).tolist()
        case = {"objective": objective, "categorical": names, "weights": weights, "valid": valid}
        yield Case(f"combination {seed}, {objective}", X, y, rounds=15, **case, **chosen)


def cases(quick):
    for group in (
        sizes, columns, types, labels, settings, mixtures,
        classes, regressions, samplings, categoricals, validations, combinations,
    ):  # fmt: skip
        yield from group(quick)
