#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What script/compare does once all is built: makes the data, lets both sides take turns, checks that
they agree, and writes the table."""
import argparse
import dataclasses
import importlib
import importlib.metadata
import importlib.util
import json
import os
import pathlib
import platform
import re
import resource
import statistics
import subprocess
import sys
import typing

import numpy as np
from scipy.special import entr
from sklearn.datasets import make_blobs

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA, OUT, RELEASE = ROOT / "build/compare", ROOT / "out/compare", ROOT / "build/release"
PEERS = {"lightgbm": "LightGBM", "scikit-learn": "scikit-learn", "scipy": "SciPy", "numpy": "NumPy",
         "keras": "Keras", "tensorflow-cpu": "TensorFlow", "torch": "PyTorch"}


@dataclasses.dataclass
class Case:
    """`make` writes a folder's files; `same` says whether what both sides wrote there agrees, and `limit`
    what our milliseconds are beside what the machine can do."""

    name: str
    words: str
    peer: str
    work: str
    make: typing.Callable
    same: typing.Callable
    limit: typing.Callable
    repetitions: int = 5
    threads: int = 1
    programs: str = "tabular"  # ours: compare_NAME, theirs: NAME.py
    peer_work: str = ""  # where it has another name there


# ---- running --------------------------------------------------------------------------------------


def run(command, threads):
    """A process's words, and the CPU seconds it took."""
    limits = {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    used = lambda: sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    before = used()
    done = subprocess.run([str(part) for part in command], env={**os.environ, **limits},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout, used() - before


def timed(command, threads):
    """Medians of the wall and CPU milliseconds that a side prints, and its extra memory in KiB."""
    text, _ = run(command, threads)
    times = [[float(x) for x in line.split()] for line in text.splitlines() if line[:1].isdigit()]
    extra = re.search(r"^extra (\d+)$", text, re.MULTILINE)
    return [statistics.median(column) for column in zip(*times)], extra and int(extra[1])


def ours(case, folder):
    program = RELEASE / f"benchmarks/compare_{case.programs}"
    return timed([program, case.work, folder, case.repetitions, case.threads], case.threads)


def theirs(case, folder, *setting):
    program = ROOT / f"benchmarks/peers/{case.programs}.py"
    work = case.peer_work or case.work
    command = [sys.executable, program, work, folder, case.repetitions, case.threads, *setting]
    return timed(command, case.threads)


def best_setting(case, folder):
    """The setting in which the peer is fastest, where it has some."""
    names = importlib.import_module(case.programs).SETTINGS.get(case.peer_work or case.work, {})
    return sorted(names, key=lambda name: theirs(case, folder, name)[0][0])[:1]


def compare(case, rounds):
    folder = DATA / case.name
    folder.mkdir(parents=True, exist_ok=True)
    case.make(folder)
    setting = best_setting(case, folder)
    result = {"alx": [], "peer": [], "setting": setting}
    for _ in range(rounds):
        for side, (times, extra) in (("alx", ours(case, folder)), ("peer", theirs(case, folder, *setting))):
            result[side].append({"wall_ms": times[0], "cpu_ms": times[1], "extra_kib": extra})
    result["same"] = case.same(folder)
    ms = statistics.median(one["wall_ms"] for one in result["alx"])
    result["limit"] = case.limit(folder, ms)
    if result["alx"][0]["extra_kib"] is not None:
        extra = [max(one["extra_kib"] for one in result[side]) for side in ("alx", "peer")]
        result["limit"] += f"; memory beyond the input {extra[0]:,} KiB, peer {extra[1]:,}"
    return result


def compare_notebook(rounds, quick):
    """CPU milliseconds a round of the experiment. Ours: whole runs; theirs: rounds spread over one."""
    program, folder = RELEASE / "examples/notebook", DATA / "notebook"
    rules = ["prioritisation"] if quick else []
    options = ["--rule", rules[0] if quick else "all", "--threads", 1, "--quiet"]
    run([program, "--out", folder, "--fresh", "--repeats", 1, *options], 1)
    repeats = 1 if quick else 2
    result = {"alx": [], "peer": [], "setting": []}
    for number in range(rounds):
        _, seconds = run([program, "--repeats", repeats, "--seed", number * repeats, *options], 1)
        ms = 1e3 * seconds / (100 * repeats * (len(rules) or 6))
        result["alx"].append({"wall_ms": ms, "cpu_ms": ms, "extra_kib": None})
        words, _ = run([sys.executable, ROOT / "benchmarks/peers/notebook.py", folder / "results.json",
                        4 if quick else 12, *rules], 1)
        *times, same = words.split("\n")[:-1]
        ms = statistics.mean(map(float, times))
        result["peer"].append({"wall_ms": ms, "cpu_ms": ms, "extra_kib": None})
    result["same"] = "yes: counts and AUC" if same == "same" else f"NO: {same}"
    result["limit"] = "CPU time"
    return result


# ---- data -----------------------------------------------------------------------------------------


def save(folder, **arrays):
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)


def blobs(rows, features=4, samples=5000):
    X, y = make_blobs(samples, centers=2, n_features=features, cluster_std=2.0, center_box=(-5.0, 5.0),
                      random_state=0)
    return X[:rows], y[:rows]


def noisy(rows, seed=0):
    """28 columns; which class depends on five of them, with noise."""
    random = np.random.RandomState(seed)
    X = random.normal(size=(rows, 28))
    rule = X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2]) + 0.5 * X[:, 3] ** 2 - np.abs(X[:, 4])
    return X, (rule + random.normal(size=rows) > 0).astype(int)


def make_fit(table, trees=100):
    def make(folder):
        X, y = table()
        save(folder, X=X, y=y, trees=np.array([trees]))
    return make


def make_predict(folder):
    import lightgbm

    X, y = noisy(20000)
    model = lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1}, lightgbm.Dataset(X, y), 100)
    model.save_model(folder / "model.txt")
    save(folder, X=noisy(100000, seed=1)[0])


def make_labels(rows, features=4, changes=0):
    def make(folder):
        X, y = blobs(rows, features, samples=rows)
        changed = y.copy()
        at = np.random.RandomState(0).choice(rows, changes, replace=False)
        changed[at] = 1 - changed[at]
        save(folder, X=X, y=y, changed=changed)
    return make


def make_probabilities(rows):
    def make(folder):
        p = np.random.RandomState(0).uniform(size=rows).astype(np.float32)
        np.column_stack([1 - p, p]).tofile(folder / "p.f32")
    return make


def make_reviews(rows):
    """Texts of the reviews where ALX_REVIEWS names their table, else made-up ones of the same lengths."""
    def make(folder):
        program, reviews = ROOT / "benchmarks/peers/reviews.py", os.environ.get("ALX_REVIEWS")
        run([sys.executable, program, "make", folder, rows, *([reviews] if reviews else [])], 2)
    return make


# ---- agreement ------------------------------------------------------------------------------------


def trees_text(path):
    return path.read_text().split("end of trees")[0]


def same_text(folder):
    return "yes: model text" if trees_text(folder / "alx.txt") == trees_text(folder / "peer.txt") else "NO: model text"


def same_bits(folder):
    a, b = np.load(folder / "alx.npy"), np.load(folder / "peer.npy")
    return "yes: bits" if a.tobytes() == b.tobytes() else f"NO: {np.abs(a - b).max():.1e} apart"


def same_silhouettes(folder):
    apart = np.abs(np.load(folder / "alx.npy") - np.load(folder / "peer.npy")).max()
    return f"{'yes' if apart <= 1e-11 else 'NO'}: within {apart:.0e}"


def same_utilities(folder):
    """In float32, the fastest for SciPy, the best rows are equal: it is asked again in double."""
    p = np.fromfile(folder / "p.f32", np.float32).reshape(-1, 2).astype(float)
    utility = entr(p).sum(axis=1)
    chosen = utility[np.load(folder / "alx.npy").astype(int)]
    good = np.allclose(np.sort(chosen), np.sort(np.partition(utility, -100)[-100:]), rtol=0, atol=1e-15)
    return "yes: utilities, in double" if good and len(chosen) == 100 else "NO: utilities"


def same_ids(folder):
    apart = (np.load(folder / "alx.npy") != np.load(folder / "peer.npy")).sum()
    return "yes: ids" if apart == 0 else f"NO: {apart} ids differ"


def same_probabilities(folder):
    apart = np.abs(np.load(folder / "alx.npy").ravel() - np.load(folder / "peer.npy").ravel()).max()
    return f"{'yes' if apart <= 1e-5 else 'NO'}: within {apart:.0e}"


def same_losses(folder):
    """Dropout is drawn by different generators: the first pass has the same loss, but not the same bits."""
    a, b = np.load(folder / "alx.npy")[0], np.load(folder / "loss.npy")[0]
    return f"{'yes' if abs(a - b) <= 0.02 else 'NO'}: loss of the first pass {a:.3f} and {b:.3f}"


# ---- limits ---------------------------------------------------------------------------------------


def machine_limits():
    """Nanoseconds of a square root in vectors, on one thread; GB/s read by two."""
    return tuple(map(float, run([RELEASE / "benchmarks/compare_limits"], 2)[0].split()))


def limit_fit(folder, ms):
    """Each split adds up the rows of its smaller child, in every column, and looks at the bins of two."""
    rows, columns = np.load(folder / "X.npy", mmap_mode="r").shape
    adds = splits = 0
    for tree in trees_text(folder / "alx.txt").split("\nTree=")[1:]:
        field = dict(line.split("=", 1) for line in tree.splitlines() if "=" in line)
        if "left_child" not in field:
            continue
        left, right, leaf, node = (list(map(int, field[name].split())) for name in
                                   ("left_child", "right_child", "leaf_count", "internal_count"))
        count = lambda child: node[child] if child >= 0 else leaf[~child]
        adds += columns * (rows + sum(min(count(a), count(b)) for a, b in zip(left, right)))
        splits += len(left)
    bins = columns * splits * 2 * min(255, rows)
    return f"{adds / 1e6:.3g} M rows added to bins, at most {bins / 1e6:.3g} M bins tried: {ms * 1e6 / (adds + bins):.2g} ns each"


def limit_roots(pairs, root):
    return lambda folder, ms: (f"{pairs / 1e6:.3g} M pairs, a root each: {ms * 1e6 / pairs:.2g} ns a pair, "
                               f"the root instruction {root:.2g}: {ms * 1e6 / pairs / root:.2g} x")


def limit_reads(size, speed):
    return lambda folder, ms: (f"{size / 1e6:.0f} MB read at {size / 1e6 / ms:.1f} GB/s, "
                               f"the machine {speed:.1f}: {speed * ms * 1e6 / size:.2g} x")


# ---- the table ------------------------------------------------------------------------------------


def cases(quick, limits):
    root, speed = limits
    trees = 10 if quick else 100
    for rows in (50, 200, 1040, 5000):
        yield Case(f"fit_{rows}", f"fit {rows:,} × 4, 100 trees", "LightGBM", "fit",
                   make_fit(lambda rows=rows: blobs(rows)), same_text, limit_fit, 15)
    yield Case("fit_1000000", f"fit 1,000,000 × 28, {trees} trees, 2 threads", "LightGBM", "fit",
               make_fit(lambda: noisy(1_000_000), trees), same_text, limit_fit, 1, 2)
    yield Case("predict", "predict 100,000 × 28, 100 trees × 31 leaves", "LightGBM", "predict", make_predict,
               same_bits, lambda folder, ms: f"10 M leaf values added: {ms / 10:.2g} ns each")
    for rows, features in ((5000, 4), (20000, 10)):
        yield Case(f"silhouette_{rows}", f"silhouette {rows:,} × {features}", "scikit-learn", "silhouette",
                   make_labels(rows, features), same_silhouettes, limit_roots(rows * (rows - 1) / 2, root),
                   3 if rows == 5000 else 1)
    yield Case("silhouette_update", "silhouette 5,000 × 4 after 50 labels changed", "scikit-learn",
               "silhouette_update", make_labels(5000, changes=50), same_silhouettes,
               limit_roots(50 * 5000, root))
    yield Case("top", "top 100 by entropy of 10,000,000 × 2 float32, 2 threads", "SciPy, argpartition", "top",
               make_probabilities(10_000_000), same_utilities, limit_reads(80e6, speed), 3, 2)


def review_cases(quick):
    rows = 1024 if quick else 8192
    speed = lambda unit, count: lambda folder, ms: f"{count / ms * 1e3:,.0f} {unit} a second"
    named = lambda name, words, work, same, limit, **more: Case(
        f"reviews_{name}", words, "", work, make_reviews(rows), same, limit, 3, 2, "reviews", **more)
    yield named("train", f"train the review network, an epoch of {rows:,} reviews, 2 threads", "train", same_losses,
                speed("reviews", rows))
    yield named("train_per_occurrence", "the same, embedding gradients squared per occurrence, 2 threads",
                "train_per_occurrence", same_losses, speed("reviews", rows), peer_work="train")
    yield named("predict", f"predict {rows:,} reviews, 2 threads", "predict", same_probabilities, speed("reviews", rows))
    yield named("vectorize", f"ids of {rows:,} reviews, 2 threads", "vectorize", same_ids, speed("reviews", rows))
    yield named("adapt", f"the vocabulary of {rows:,} reviews, 2 threads", "adapt", same_ids, speed("reviews", rows))
    yield named("classify", "a text to its probability, 2 threads", "classify", same_probabilities,
                lambda folder, ms: "the aim is less than 1 ms")


def row(words, peer, result):
    """One line of the table. Two threads: CPU time is told too."""
    ratios = [b["wall_ms"] / a["wall_ms"] for a, b in zip(result["alx"], result["peer"])]
    low, _, high = statistics.quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    result["ratio"] = statistics.median(ratios)

    def milliseconds(side):
        wall, cpu = (statistics.median(one[key] for one in result[side]) for key in ("wall_ms", "cpu_ms"))
        return f"{wall:.3g}" + (f" (CPU {cpu:.3g})" if "threads" in words else "")

    told = [peer, *([] if result["setting"] == ["default"] else result["setting"][:1])]
    return (f"| {words} | {milliseconds('alx')} | {milliseconds('peer')} | {result['ratio']:.3g} | "
            f"{low:.3g} – {high:.3g} | {', '.join(filter(None, told))} | {result['same']} | {result['limit']} |")


def machine(rounds):
    """Who was compared with whom, where."""
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    told = lambda *command: subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    cache = (RELEASE / "CMakeCache.txt").read_text()
    setting = lambda name: re.search(rf"^{name}:\w+=(.*)$", cache, re.MULTILINE)[1]
    compiler = told(setting("CMAKE_CXX_COMPILER"), "--version").splitlines()[0]
    versions = ", ".join(f"{words} {importlib.metadata.version(name)}" for name, words in PEERS.items()
                         if importlib.util.find_spec(name.replace("scikit-learn", "sklearn").split("-")[0]))
    changed = " and what is not committed yet" if told("git", "status", "--porcelain") else ""
    return (f"Machine: {os.cpu_count()} cores of {cpu[1] if cpu else platform.machine()}. {compiler}, "
            f"`{setting('CMAKE_CXX_FLAGS')} {setting('CMAKE_CXX_FLAGS_RELEASE')}`. {versions}, Python "
            f"{platform.python_version()}. Commit {told('git', 'rev-parse', '--short', 'HEAD')}{changed}. "
            f"Milliseconds: medians of {rounds} rounds in which both sides took turns, each with a warm-up; spread: "
            f"quartiles of the ratio. One thread where nothing is said.")


HEAD = """| work | alx, ms | peer, ms | ratio | spread | peer | same result | limit and distance |
| :--- | ---: | ---: | ---: | ---: | :--- | :--- | :--- |"""


def main():
    parser = argparse.ArgumentParser(prog="script/compare", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller work")
    parser.add_argument("--rounds", type=int, help="how often the two sides take turns (5)")
    parser.add_argument("--list", action="store_true", help="the cases")
    parser.add_argument("case", nargs="*", help="some cases only")
    given = parser.parse_args()
    known = [case.name for case in [*cases(given.quick, (1, 1)), *review_cases(given.quick)]] + ["notebook"]
    if given.list:
        print(*known, sep="\n")
        return 0
    if unknown := set(given.case) - set(known):
        sys.exit(f"no such case: {', '.join(sorted(unknown))}")
    wanted = given.case or known
    rounds = given.rounds or (2 if given.quick else 5)
    OUT.mkdir(parents=True, exist_ok=True)
    for file in ("table.md", "texts.md"):  # of an earlier run
        (OUT / file).unlink(missing_ok=True)
    results = {}
    limits = (1, 1) if all(name.startswith("reviews_") for name in wanted) else machine_limits()
    for file, group in (("table.md", cases(given.quick, limits)), ("texts.md", review_cases(given.quick))):
        mine = [case for case in group if case.name in wanted]
        notebook = file == "table.md" and "notebook" in wanted
        if not mine and not notebook:
            continue
        lines = [machine(rounds), "", *HEAD.splitlines()]
        print("\n".join(lines), flush=True)

        def add(name, words, peer, result):
            results[name] = result
            lines.append(row(words, peer, result))
            print(lines[-1], flush=True)

        for case in mine:
            add(case.name, case.words, case.peer, compare(case, rounds))
        if notebook:
            add("notebook", "the experiment, a round with 20,000 fresh rows (CPU)",
                "LightGBM, scikit-learn, SciPy", compare_notebook(rounds, given.quick))
        (OUT / file).write_text("\n".join(lines) + "\n")
        print()
    (OUT / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    return any(result["same"].startswith("NO") for result in results.values())


if __name__ == "__main__":
    sys.exit(main())
