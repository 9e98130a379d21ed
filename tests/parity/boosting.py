# SPDX-License-Identifier: Apache-2.0
"""Compares the program `gradient_boosting` with LightGBM on many data sets.

Usage: boosting.py --program PATH [--quick] [--only PART_OF_A_NAME] [--device NAME] [--most CELLS]

Both are trained on the same rows; then
  text     the models' texts must agree byte for byte up to the line "end of trees",
  own      each predicts with its own model,
  swapped  each predicts with the other's model file,
and raw scores, probabilities and leaves must agree bit for bit, on the training rows and on fresh
rows with missing and extreme values (for categories also negative and unseen ones). The losses on
validation rows must agree to 1e-15, the columns' importances exactly. The data sets are in
boosting_cases.py. Exit status: 0, 1 where something differs, 77 where LightGBM is not there.
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

from boosting_cases import cases


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


def upto_end(text):
    return text[: text.index("end of trees")]


def bits(values):
    return np.ascontiguousarray(values, np.float64).view(np.int64)


class Program:
    """The program under test, with its files in a folder."""

    def __init__(self, path, folder, device):
        self.path, self.folder, self.device, self.runs = path, folder, device, 0

    def run(self, *arguments):
        self.runs += 1  # one thread or two: the results must not depend on it
        threads = [] if arguments[0] == "importance" else ["--threads", str(1 + self.runs % 2)]
        if arguments[0] == "train":
            threads += ["--device", self.device]
        command = [self.path, *arguments, *threads]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"exit status {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def importance(self, model, *kind):
        lines = self.run("importance", "--model", model, *kind).splitlines()
        return [float(line.split()[-1]) for line in lines]

    def file(self, name, values):
        np.save(self.folder / name, values)
        return self.folder / name

    def train(self, case, model):
        words = ["train", "--features", self.file("X.npy", case.X), "--labels", self.file("y.npy", case.y)]
        words += ["--objective", case.objective]
        if case.weights is not None:
            words += ["--weights", self.file("w.npy", case.weights)]
        if case.categorical:
            words += ["--categorical", ",".join(map(str, case.categorical))]
        if case.valid:
            X, y, weights = case.valid
            words += ["--valid-features", self.file("VX.npy", X), "--valid-labels", self.file("Vy.npy", y)]
            words += ["--losses", self.folder / "losses.npy"]
            if weights is not None:
                words += ["--valid-weights", self.file("Vw.npy", weights)]
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


def train_there(case):
    """LightGBM's model, and its losses on the validation rows."""
    settings, y = case.settings(), case.labels(case.y)
    names = {"categorical_feature": case.categorical, "params": settings}
    data = lightgbm.Dataset(case.X, label=y, weight=case.weights, **names)
    if not case.valid:
        return lightgbm.train(settings, data), []
    X, y, weights = case.valid
    valid = lightgbm.Dataset(X, label=case.labels(y), weight=weights, reference=data)
    recorded = {}
    callbacks = [lightgbm.record_evaluation(recorded)]
    booster = lightgbm.train(settings, data, valid_sets=[valid], callbacks=callbacks)
    return booster, next(iter(recorded["valid_0"].values()))


def compare(program, case):
    """What differs, as words; none is what is wanted."""
    booster, losses = train_there(case)
    ours, theirs = program.folder / "ours.txt", program.folder / "theirs.txt"
    booster.save_model(theirs)
    program.train(case, ours)
    wrong = []
    if upto_end(ours.read_text()) != upto_end(theirs.read_text()):
        wrong.append("text")
    if case.valid:
        written = np.load(program.folder / "losses.npy")
        if len(written) != len(losses) or not np.allclose(written, losses, rtol=1e-15, atol=0):
            wrong.append("losses")
    with_our_model = lightgbm.Booster(model_file=str(ours))
    for kind, words in {"split": [], "gain": ["--gain"]}.items():
        if list(with_our_model.feature_importance(kind)) != program.importance(theirs, *words):
            wrong.append(f"importance by {kind}")
    for name, rows in {"training rows": case.X[:5000], "fresh rows": fresh_rows(case.X)}.items():
        wrong += [f"own {kind} ({name})" for kind in differences(program, rows, booster, ours)]
        wrong += [f"swapped {kind} ({name})" for kind in differences(program, rows, with_our_model, theirs)]
    return wrong, booster.num_trees()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="fewer and smaller data sets")
    parser.add_argument("--only", default="", help="data sets with this in their names")
    parser.add_argument("--device", default="cpu", help="what the program trains on: cpu or gpu")
    parser.add_argument("--most", type=int, help="only data sets of at most so many rows x columns x trees")
    arguments = parser.parse_args()
    passed = failed = 0
    print(f"lightgbm {lightgbm.__version__}, numpy {np.__version__}")
    print(f"{'data set':52} {'rows':>6} {'columns':>7} {'trees':>5} {'seconds':>7}  result")
    with tempfile.TemporaryDirectory() as folder:
        program = Program(arguments.program.resolve(), pathlib.Path(folder), arguments.device)
        for case in cases(arguments.quick):
            if arguments.only not in case.name:
                continue
            if arguments.most and case.X.size * case.parameters["num_iterations"] > arguments.most:
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
