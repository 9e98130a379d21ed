# SPDX-License-Identifier: Apache-2.0
"""Drives the program `label` through pipes; what the checks in this folder share."""

import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile

COLUMNS = "number, what, row, label, user, why, ticket, model, next, opinion, utility, parts, text, undone"


class Failure(Exception):
    """What a check found."""


def expect(holds, message):
    if not holds:
        raise Failure(message)


class Labelling:
    """A labelling: data, options, and the rule by which questions are answered."""

    def __init__(self, program, folder, data, classes, is_text, seed=0, options=()):
        self.command = [str(program), "--data", str(data), "--classes", ",".join(classes)]
        self.command += ["--user", "ann", "--no-results", *options]
        self.classes, self.is_text, self.seed = classes, is_text, seed
        self.kinds, self.live = [], 0
        self.out = pathlib.Path(folder)
        self.journal = self.out / "answers.journal"

    def start(self, before=None):
        """The program in a process group of its own; its output is read unbuffered."""
        self.out.parent.mkdir(parents=True, exist_ok=True)
        return subprocess.Popen(
            [*self.command, "--out", str(self.out)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=before,
        )

    def kind(self, number):
        """What is said of question `number`, by the seed; nothing is taken back where nothing is left."""
        while len(self.kinds) < number:
            chance = random.Random(f"{self.seed} {len(self.kinds) + 1}").random()
            kinds = [("skip", 0.08), ("undo", 0.16), ("discard", 0.2), ("unclear", 0.24)]
            kinds += [("edit", 0.32)] if self.is_text else []
            kind = next((word for word, below in kinds if chance < below), "answer")
            if kind == "undo" and self.live == 0:
                kind = "skip"
            self.live += -1 if kind == "undo" else 1
            self.kinds.append(kind)
        return self.kinds[number - 1]

    def answer_to(self, asked):
        """The line that answers an `ask` line: a function of the line and the seed."""
        number = int(asked.split()[1])
        text = asked.split(": ", 1)[1]
        kind = self.kind(number)
        if kind == "edit":
            return "edit " + text + random.Random(number).choice([" indeed", " once more \u00e9\u4e2d", ""])
        return self.classes[class_of(text, self.is_text)] if kind == "answer" else kind


def class_of(text, is_text):
    """By words, or by the sum of the columns a and b."""
    if is_text:
        return int(text.count("red") < text.count("blue"))
    values = dict(part.split("=") for part in text.split())
    return int(float(values["a"]) + float(values["b"]) > 0)


def write_table(path, rows=800, seed=1):
    draw = random.Random(seed)
    lines = ["a,b,c"]
    lines += [f"{draw.gauss(0, 1):.6f},{draw.gauss(0, 1):.6f},{draw.randrange(5)}" for _ in range(rows)]
    path.write_text("\n".join(lines) + "\n")


def write_texts(path, rows=600, seed=1):
    draw = random.Random(seed)
    words = ["red", "blue", "green", "house", "tree", "river", "stone", "caf\u00e9", "walk", "sleep"]
    path.write_text("\n".join(" ".join(draw.choices(words, k=12)) for _ in range(rows)) + "\n", encoding="utf-8")


def entries_of(journal, columns=COLUMNS):
    """All entries, read from a copy, so that looking changes nothing; [] where there is no file yet."""
    with tempfile.TemporaryDirectory() as aside:
        for end in ("", "-wal", "-journal"):
            file = pathlib.Path(str(journal) + end)
            if file.exists():
                shutil.copy(file, aside)
        copy = pathlib.Path(aside) / journal.name
        if not copy.exists():
            return []
        database = sqlite3.connect(copy)
        try:
            if database.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'entry'").fetchone()[0] == 0:
                return []
            return database.execute(f"SELECT {columns} FROM entry ORDER BY number").fetchall()
        finally:
            database.close()


def kill(process):
    os.killpg(process.pid, signal.SIGKILL)


def read_line(process):
    """The next line; None at the end."""
    line = process.stdout.readline().decode()
    return line[:-1] if line.endswith("\n") else None


def read_question(process):
    """Reads up to the next `ask` line; it, or None at the end, and the `kept` lines before it."""
    kept = []
    while (line := read_line(process)) is not None:
        if line.startswith("kept "):
            kept.append(line)
        if line.startswith("ask "):
            return line, kept
    return None, kept


def send(process, line):
    """False where nobody reads any more."""
    try:
        process.stdin.write((line + "\n").encode())
        process.stdin.flush()
    except BrokenPipeError:
        return False
    return True


def finish(process, limit=60):
    """Ends the input; exit status, rest of the output, and the error output."""
    out, errors = process.communicate(timeout=limit)
    return process.returncode, out.decode(errors="replace"), errors.decode(errors="replace")


def unbroken(labelling, answers):
    """One run with so many answers: the questions, answers, acknowledgements, and entries."""
    process = labelling.start()
    asked, said, kept = [], [], []
    while True:
        question, acknowledged = read_question(process)
        kept += acknowledged
        if question is None or len(kept) == answers:
            break
        asked.append(question)
        said.append(labelling.answer_to(question))
        send(process, said[-1])
    code, _, errors = finish(process)
    expect(code == 0, f"the unbroken run ended with status {code}: {errors}")
    expect(len(kept) == answers, f"the unbroken run kept {len(kept)} of {answers} answers")
    entries = entries_of(labelling.journal)
    expect(len(entries) == answers, f"{answers} answers, {len(entries)} entries")
    return asked, said, kept, entries
