# SPDX-License-Identifier: Apache-2.0
"""Compares the program `reviews` with Keras: token ids, predictions, training.

Usage: reviews.py --program PATH [--data IMDB.csv] [--device gpu] [--quick] [--only text|predict|step|train]…

text     Vocabulary and ids that `vectorize` writes must be those of TextVectorization, for made-up
         texts of hostile Unicode and, with --data, for all reviews.
predict  Probabilities must agree to 1e-5, for Keras' initial weights, wide ones and trained ones, and
         Keras must predict the same from the file that `train --save` wrote.
step     From the same weights, one step: each layer's update within 1e-4 of its norm. At the usual
         rate the rounding of the weights themselves is part of what differs, and wide weights would
         hide their steps in it; at rate 1000 the step drowns the weight it starts from. RMSprop's
         first step is not saturated, so the gradient can be had back from it: within 1e-4 of its norm
         of Keras' gradient in float64, for both meanings of the embeddings' gradient. An epoch whose last batch is smaller, with
         validation: history.json must say what Keras' history says.
train    50 batches of 256: losses of steps 1 to 4 within 1e-5; from then on within 3 times what Keras
         differs from itself, up to that step, when each of its initial weights is moved to a float32
         next to it (several times, by chance; measured here). RMSprop and Adam.
Training is on the reviews' ids where --data is given, else on made-up rows of the same size. Each
check is a line with what was measured and its limit. Exit status: 0, 1 where something differs, 77
where Keras is not there.
"""

import argparse
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import traceback

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
try:
    import keras
    import numpy as np
    import tensorflow as tf

    import reviews_network as net
    import reviews_text as text
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)


class Table:
    """Lines of checks, printed as they come."""

    def __init__(self):
        self.failed = self.passed = 0
        print(f"{'check':66} {'measured':>10} {'limit':>10}  result")

    def add(self, name, measured, limit=0):
        """Passes up to the limit; not a number fails."""
        good = bool(measured <= limit)
        self.passed += good
        self.failed += not good
        words = [f"{value:.3g}" if isinstance(value, float) else str(value) for value in (measured, limit)]
        print(f"{name:66} {words[0]:>10} {words[1]:>10}  {'pass' if good else 'FAIL'}", flush=True)


class Program:
    """The program under test, with its files in a folder."""

    def __init__(self, path, folder, device):
        self.path, self.folder, self.device, self.runs = path, folder, device, 0

    def run(self, *arguments):
        done = subprocess.run([str(word) for word in (self.path, *arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{arguments[0]}: exit status {done.returncode}: {done.stderr.strip()[-300:]}")

    def threads(self):
        self.runs += 1  # one thread or two: the results must not depend on it
        return ["--threads", 1 + self.runs % 2]

    def file(self, name, values):
        np.save(self.folder / name, values)
        return self.folder / name

    def weights(self, name, values):
        path = self.folder / f"{name}.weights.h5"
        net.network_of(values).save_weights(path)
        return path

    def vectorize(self, data, max_tokens, length, ids=None):
        """Ids, and the words in their order; adapts if there is no vocabulary yet or `ids` say on what."""
        words = ["--adapt-ids", self.file("ids.npy", ids)] if ids is not None else []
        output, vocabulary = self.folder / "vectors.npy", self.folder / "vocabulary.txt"
        self.run("vectorize", "--data", data, "--max-tokens", max_tokens, "--length", length, *words,
                 "--vocabulary", vocabulary, "--output", output)
        return np.load(output), text.read_vocabulary(vocabulary)

    def predict(self, path, tokens, threads=None):
        output = self.folder / "p.npy"
        self.run("predict", "--weights", path, "--tokens", self.file("tokens.npy", tokens), "--output", output,
                 "--device", self.device, *(["--threads", threads] if threads else self.threads()))
        return np.load(output)

    def train(self, weights, tokens, labels, *options, optimizer="rmsprop", gradient="per_occurrence", epochs=1,
              valid=None, threads=None):
        """The history and the weights that were saved."""
        saved, history = self.folder / "saved.weights.h5", self.folder / "history.json"
        words = ["--tokens", self.file("tokens.npy", tokens), "--labels", self.file("labels.npy", labels)]
        if valid:
            words += ["--valid-tokens", self.file("valid_tokens.npy", valid[0])]
            words += ["--valid-labels", self.file("valid_labels.npy", valid[1])]
        words += ["--initial-weights", self.weights("initial", weights), "--no-shuffle", "--dropout", 0]
        words += ["--optimizer", optimizer, "--embedding-gradient", gradient, "--epochs", epochs]
        words += ["--batch", net.BATCH, *(["--threads", threads] if threads else self.threads())]
        self.run("train", *words, *options, "--device", self.device, "--save", saved, "--history", history)
        return json.loads(history.read_text()), net.load(saved).get_weights()


# ---- text -----------------------------------------------------------------------------------------


def check_texts(table, program, name, data, texts, cases):
    """`cases`: how many tokens (0: all), length, and the rows to adapt on (None: all)."""
    for max_tokens, length, ids in cases:
        (program.folder / "vocabulary.txt").unlink(missing_ok=True)
        known = texts if ids is None else [texts[i] for i in ids]
        theirs = text.keras_vectorizer(known, max_tokens or None, length)
        wanted, words = text.keras_ids(theirs, texts), [str(word) for word in theirs.get_vocabulary()]
        rows, found = program.vectorize(data, max_tokens, length, ids)
        again, _ = program.vectorize(data, max_tokens, length)  # from the vocabulary's file
        words_apart = sum(a != b for a, b in zip(found, words)) + abs(len(found) - len(words))
        case = f"{name}: {len(words):,} words of {len(known):,} texts"
        table.add(f"{case}, words that differ", words_apart)
        same = rows.shape == wanted.shape and rows.dtype == np.int32
        table.add(f"{case}, ids that differ", int((rows != wanted).sum()) if same else wanted.size)
        table.add(f"{case}, ids with the file read", int((again != rows).sum()))


def text_checks(table, program, data, quick):
    texts = text.hostile_corpus(1500 if quick else 6000)
    some = np.random.RandomState(1).permutation(len(texts))[:700]
    path = program.folder / "hostile.csv"
    text.write_reviews(path, texts)
    check_texts(table, program, "hostile", path, texts, [(3000, 150, None), (200, 7, some), (100_000, 400, None)])
    text.write_reviews(path, texts, csv.QUOTE_ALL, "\n")
    check_texts(table, program, "hostile, all quoted", path, texts, [(3000, 150, some[::-1])])
    if data:
        reviews, halves, _ = text.read_reviews(data)
        train = np.flatnonzero(np.array(halves) == "train")
        first = np.random.RandomState(2).permutation(train)[:15_000]
        check_texts(table, program, "reviews", data, reviews, [(3000, 150, first), (20_000, 300, None)])


# ---- the network ----------------------------------------------------------------------------------


def training_rows(data, count):
    if not data:
        return net.made_up_rows(count, 7)
    reviews, halves, labels = text.read_reviews(data)
    train = np.random.RandomState(2).permutation(np.flatnonzero(np.array(halves) == "train"))
    known = [reviews[i] for i in train[:15_000]]
    return text.keras_ids(text.keras_vectorizer(known, net.VOCABULARY, net.LENGTH), known)[:count], labels[train[:count]]


def keras_predict(weights, tokens):
    return net.network_of(weights).predict(tokens, batch_size=256, verbose=0).ravel()


def predict_checks(table, program, tokens, trained):
    rows = np.concatenate([net.strange_rows(), tokens[:504]])
    cases = {"Keras' initial weights": net.network(1).get_weights(), "wide weights": net.wide_weights(1), **trained}
    for name, weights in cases.items():
        path = program.weights("predict", weights)
        ours = program.predict(path, rows, 1)
        same = ours.size == len(rows)
        apart = np.abs(ours.ravel() - keras_predict(weights, rows)).max() if same else np.nan
        table.add(f"predict, {name}: probabilities apart", float(apart), 1e-5)
        table.add(f"predict, {name}: bits that two threads change", int((ours != program.predict(path, rows, 2)).sum()))


def apart(ours, theirs):
    """Norm of the difference by the norm of theirs, as one."""
    return float(np.linalg.norm(np.float64(ours) - theirs) / np.linalg.norm(np.float64(theirs)))


def worst_layer(ours, theirs):
    """The layer that is farthest apart, and by how much."""
    return max(((apart(a, b), name) for name, a, b in zip(net.LAYERS, ours, theirs)), key=lambda found: found[0])


def changes(weights, after):
    return [np.float64(b) - a for a, b in zip(weights, after)]


def gradient_of(update, rate, squares=None):
    """What RMSprop's first step came from: u = g / sqrt(0.1 g² + epsilon), u the step by the rate.
    `squares` where they are not the gradient's own."""
    u = -np.float64(update) / rate
    return u * np.sqrt(net.EPSILON / (1 - 0.1 * u * u) if squares is None else 0.1 * squares + net.EPSILON)


def gradients_of(weights, after, rate, squares):
    first, *others = changes(weights, after)
    return [gradient_of(first, rate, squares), *(gradient_of(update, rate) for update in others)]


def step_checks(table, program, tokens, labels):
    initial, wide = net.network(2).get_weights(), net.wide_weights(2)
    clear = net.clear_rows(wide, tokens[:1024])[: net.BATCH]
    batches = {"initial": (tokens[: net.BATCH], labels[: net.BATCH]), "wide": (tokens[clear], labels[clear])}
    for name in ("rmsprop", "adam"):
        for start, rate, weights in (("initial", 0.001, initial), ("initial", 1000.0, initial), ("wide", 1000.0, wide)):
            theirs = changes(weights, net.fit(weights, *batches[start], name, rate)[1])
            ours = changes(weights, program.train(weights, *batches[start], "--learning-rate", rate, optimizer=name)[1])
            found, layer = worst_layer(ours, theirs)
            table.add(f"{name}, rate {rate:g}, {len(batches[start][0])} rows, {start} weights: {layer}", found, 1e-4)
    weights, rate, (tokens, labels) = initial, 1000.0, batches["initial"]
    exact, squares = net.gradients(weights, tokens, labels)
    control, layer = worst_layer(gradients_of(weights, net.fit(weights, tokens, labels, "rmsprop", rate)[1], rate, squares), exact)
    print(f"  the next two are ours from float64; Keras itself is {control:.2g} from it ({layer})")
    for policy, part in (("per_occurrence", squares), ("summed", None)):
        after = program.train(weights, tokens, labels, "--learning-rate", rate, gradient=policy)[1]
        found, layer = worst_layer(gradients_of(weights, after, rate, part), exact)
        table.add(f"rmsprop, a step at rate 1000, {policy}: gradient, {layer}", found, 1e-4)


def history_checks(table, program, tokens, labels):
    """An epoch of 256, 256 and 88 rows and what is said of 300 others, in several types of labels."""
    weights, valid = net.network(3).get_weights(), (tokens[600:900], labels[600:900])
    wanted, _ = net.fit(weights, tokens[:600], labels[:600], "rmsprop", valid=valid, each_step=False)
    losses, after = net.fit(weights, tokens[:600], labels[:600], "rmsprop")
    saved = {}
    for threads, dtype in ((1, np.int64), (2, np.float64), (1, np.float32), (2, np.uint8)):
        given = (valid[0], valid[1].astype(dtype))
        history, ours = program.train(weights, tokens[:600], labels[:600].astype(dtype), valid=given, threads=threads)
        saved[np.dtype(dtype).name] = ours
        if dtype == np.int64:
            for key in ("loss", "val_loss", "binary_accuracy", "val_binary_accuracy"):
                table.add(f"history.json, {key}", float(np.abs(np.subtract(history[key], wanted[key])).max()), 1e-5)
            table.add("history.json, step_loss", float(np.abs(np.subtract(history["step_loss"], losses)).max()), 1e-5)
            _, other = net.fit(net.nudged(weights, 0), tokens[:600], labels[:600], "rmsprop")
            own, _ = worst_layer(changes(weights, other), changes(weights, after))
            found, layer = worst_layer(changes(weights, ours), changes(weights, after))
            table.add(f"rmsprop, steps of 256, 256, 88: {layer} ({found:.1e}) by Keras' own", found / own, 3.0)
    first = saved.pop("int64")
    differ = [name for name, ours in saved.items() if any((a != b).any() for a, b in zip(ours, first))]
    table.add(f"types of labels and numbers of threads that change weights {' '.join(differ)}", len(differ))
    predicted = program.predict(program.folder / "saved.weights.h5", tokens[:512])
    table.add("predict, the file that train saved: Keras apart", float(np.abs(predicted.ravel() - keras_predict(first, tokens[:512])).max()), 1e-5)


def train_checks(table, program, tokens, labels, draws):
    """Weights that were trained, by optimizer."""
    trained, weights = {}, net.network(4).get_weights()
    for name in ("rmsprop", "adam"):
        losses, after = net.fit(weights, tokens, labels, name)
        history, ours = program.train(weights, tokens, labels, optimizer=name)
        mine = np.array(history["step_loss"])
        if mine.shape != losses.shape:
            table.add(f"{name}: number of steps that differ", abs(len(mine) - len(losses)))
            continue
        differences = np.abs(mine - losses)
        table.add(f"{name}, steps 1 to 4: losses", float(differences[:4].max()), 1e-5)
        own, own_weights = np.zeros(losses.shape), 0.0
        for seed in range(draws):
            other, other_after = net.fit(net.nudged(weights, seed), tokens, labels, name)
            own = np.maximum(own, np.abs(other - losses))
            own_weights = max(own_weights, worst_layer(changes(weights, other_after), changes(weights, after))[0])
        own = np.maximum.accumulate(own)
        at = 4 + int(np.argmax(differences[4:] / own[4:]))
        steps = len(losses)
        table.add(f"{name}, steps 5 to {steps}: losses by Keras' own ({differences[at]:.1e} by {own[at]:.1e}, step {at + 1})",
                  float(differences[at] / own[at]), 3.0)
        found, layer = worst_layer(changes(weights, ours), changes(weights, after))
        table.add(f"{name}, {steps} steps: weights' way ({found:.1e}, {layer}) by Keras' own", found / own_weights, 3.0)
        print(f"  losses there {losses[0]:.4f} … {losses[-1]:.4f}")
        trained |= {f"{name}, trained there": after, f"{name}, trained here": ours}
    return trained


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, help="the reviews: a CSV with label, text, split")
    parser.add_argument("--device", choices=("cpu", "gpu"), default="cpu", help="where the program computes")
    parser.add_argument("--quick", action="store_true", help="fewer texts, 12 steps, one draw")
    parser.add_argument("--only", action="append", choices=("text", "predict", "step", "train"),
                        help="some checks only; more than once: several")
    given = parser.parse_args()
    print(f"keras {keras.__version__}, tensorflow {tf.__version__}, numpy {np.__version__}")
    with tempfile.TemporaryDirectory() as folder:
        table, program = Table(), Program(given.program.resolve(), pathlib.Path(folder), given.device)

        def guarded(part, check, *arguments):
            """What the check returns; a program that fails is a check that fails."""
            if given.only and part not in given.only:
                return None
            try:
                return check(table, program, *arguments)
            except (RuntimeError, OSError, ValueError, KeyError) as why:
                traceback.print_exc(limit=-1)
                table.add(f"{part}: {why}"[:66], 1)
                return None

        guarded("text", text_checks, given.data, given.quick)
        if given.only != ["text"]:
            tokens, labels = training_rows(given.data, net.BATCH * (12 if given.quick else 50))
            guarded("step", step_checks, tokens, labels)
            guarded("step", history_checks, tokens, labels)
            trained = guarded("train", train_checks, tokens, labels, 1 if given.quick else 4)
            guarded("predict", predict_checks, tokens, trained or {})
    print(f"{table.passed} passed, {table.failed} failed")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
