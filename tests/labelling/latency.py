# SPDX-License-Identifier: Apache-2.0
"""How long a person who labels with the program `label` waits for the next question.

Usage: latency.py --program PATH [--rows N] [--keys N] [--burst N] [--limit MS] [--texts FILE]
                  [--only table|texts] [--keep FOLDER] [-- OPTIONS OF label]

On a pseudo-terminal of 80 x 24, keys are pressed 300 ms apart, more or less, then as fast as the
questions come. Measured from the key to the next question with all its lines. One labelling is of
texts (shuffled sentences of FILE, a CSV with a column `text`; else words drawn by Zipf's law), one
of a table of 30 numbers. Exit status: 0, or 1 where the 95th percentile of a case is above the limit.
"""

import argparse
import csv
import fcntl
import os
import pathlib
import pty
import random
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time

CODES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
BAD = re.compile(r"\b(bad|worst|boring|awful|waste|terrible|poor|dull)\b")


def write_table(path, rows, seed=0):
    draw = random.Random(seed)
    with open(path, "w") as out:
        out.write(",".join(f"c{i}" for i in range(30)) + "\n")
        for _ in range(rows):
            out.write(",".join(f"{draw.gauss(0, 1):.5g}" for _ in range(30)) + "\n")


def write_texts(path, rows, source, seed=0):
    draw = random.Random(seed)
    if source is None:
        words = ["".join(draw.choices("abcdefghijklmnoprstuvwy", k=draw.randint(2, 9))) for _ in range(60_000)]
        words[50:1650:200] = "bad worst boring awful waste terrible poor dull".split()
        weights = [0.0]
        for rank in range(1, len(words) + 1):
            weights.append(weights[-1] + 1 / rank)
        del weights[0]

        def text():
            return " ".join(draw.choices(words, cum_weights=weights, k=max(20, int(draw.lognormvariate(4.8, 0.6)))))

    else:
        csv.field_size_limit(1 << 30)
        with open(source, newline="", encoding="utf-8") as file:
            table = csv.reader(file)
            column = next(table).index("text")
            sentences = [s for row in table for s in re.split(r"(?<=[.!?]) ", row[column].replace("\n", " ")) if s]

        def text():
            return " ".join(draw.choices(sentences, k=draw.randint(4, 20)))

    with open(path, "w", encoding="utf-8") as out:
        for _ in range(rows):
            out.write(text() + "\n")


class Person:
    """A program on a terminal, and what its screen shows."""

    def __init__(self, command):
        self.begin = time.perf_counter()
        self.terminal, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        environment = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        self.program = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
        )
        os.close(theirs)
        self.seen = b""

    def wait_for(self, number, limit=600.0):
        """Reads until a whole screen with question `number` is there; its text and the time then."""
        question = re.compile(rb"question %d\b.*(takes it back|shows all keys)" % number, re.DOTALL)
        end = time.perf_counter() + limit
        while True:
            left = end - time.perf_counter()
            if left <= 0 or not select.select([self.terminal], [], [], left)[0]:
                raise TimeoutError(f"question {number} does not come:\n{self.text()[-2000:]}")
            try:
                self.seen += os.read(self.terminal, 1 << 16)
            except OSError:
                raise EOFError(f"the program has ended:\n{self.text()[-2000:]}") from None
            now = time.perf_counter()
            found = question.search(CODES.sub(b"", self.seen))
            if found:
                self.seen = b""
                return found.group().decode(errors="replace"), now

    def text(self):
        return CODES.sub(b"", self.seen).decode(errors="replace")

    def press(self, key):
        os.write(self.terminal, key)
        return time.perf_counter()

    def listen(self, seconds):
        """Lets the program draw what it wants to meanwhile."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self.terminal], [], [], left)[0]:
                self.seen += os.read(self.terminal, 1 << 16)

    def peak(self):
        """Mebibytes."""
        status = pathlib.Path(f"/proc/{self.program.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024

    def leave(self):
        self.press(b"q")
        while True:
            try:
                if not os.read(self.terminal, 1 << 16):
                    break
            except OSError:
                break
        status = self.program.wait(timeout=60)
        os.close(self.terminal)
        return status


def answer(screen, draw):
    """A key by what the screen says, one in twenty a skip."""
    if draw.random() < 0.05:
        return b" "
    value = re.search(r"\bc0: (-?[0-9.e-]+)", screen)
    if value:
        return b"2" if float(value.group(1)) > 0 else b"1"
    if re.search(r"\bc\d+: ", screen):
        return draw.choice([b"1", b"2"])
    return b"2" if BAD.search(screen) else b"1"


def percentile(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, int(share * len(sorted_values)))]


def report(name, times):
    times = sorted(times)
    middle, most = percentile(times, 0.5), percentile(times, 0.95)
    print(f"  {name}: {len(times)} keys, median {middle:.1f} ms, p95 {most:.1f} ms, max {times[-1]:.1f} ms", flush=True)
    return most


def press_keys(person, number, screen, keys, pace, draw):
    """Milliseconds from each key to the next question; the next number and screen."""
    times = []
    for _ in range(keys):
        if pace:
            person.listen(draw.uniform(0.7, 1.3) * pace)
        pressed = person.press(answer(screen, draw))
        number += 1
        screen, now = person.wait_for(number)
        times.append(1000 * (now - pressed))
    return times, number, screen


def measure(name, command, given):
    print(f"{name}, {given.rows} rows")
    draw = random.Random(1)
    person = Person(command)
    screen, now = person.wait_for(1)
    print(f"  first question after {now - person.begin:.1f} s")
    paced, number, screen = press_keys(person, 1, screen, given.keys, 0.3, draw)
    worst = report("300 ms apart", paced) if paced else 0.0
    burst, number, screen = press_keys(person, number, screen, given.burst, 0, draw)
    if burst:
        worst = max(worst, report("at once", burst))
    print(f"  peak memory {person.peak():.0f} MiB")
    status = person.leave()
    if status != 0:
        raise EOFError(f"exit status {status}")
    again = Person(command)
    _, now = again.wait_for(number)
    print(f"  started again: question {number} after {now - again.begin:.1f} s")
    again.leave()
    return worst


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--program", required=True)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--keys", type=int, default=200)
    options.add_argument("--burst", type=int, default=60)
    options.add_argument("--limit", type=float, default=100.0, help="milliseconds; 0: none")
    options.add_argument("--texts")
    options.add_argument("--only", choices=["table", "texts"])
    options.add_argument("--keep", help="folder for the data, used again when it is there")
    options.add_argument("rest", nargs="*")
    given = options.parse_args()
    slow = False
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(given.keep or temporary)
        folder.mkdir(exist_ok=True)
        for name in ["texts", "table"]:
            if given.only not in (None, name):
                continue
            data = folder / f"{name}-{given.rows}{'-real' if given.texts else ''}{'.txt' if name == 'texts' else '.csv'}"
            if not data.exists():
                write_texts(data, given.rows, given.texts) if name == "texts" else write_table(data, given.rows)
            command = [given.program, "--data", str(data), "--classes", "no,yes", "--no-results"]
            command += ["--user", "ann", "--out", str(pathlib.Path(temporary) / f"{name}-labels"), *given.rest]
            slow |= measure(name, command, given) >= given.limit > 0
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
