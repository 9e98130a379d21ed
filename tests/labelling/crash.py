# SPDX-License-Identifier: Apache-2.0
"""Kills the program `label` at random moments and looks whether an answer is lost or doubled.

Usage: crash.py --program PATH [--kills N] [--seed N]

A table and texts, made here, are labelled by a fixed rule with skips, undos, discards and edits:
once without a break, once with N kills (SIGKILL) in all: while the program starts, while it waits,
just after an answer was sent, and amid several answers. After each kill the journal is read (from a
copy). Every acknowledged answer must be in it once, in order; one that was not is there whole or
not at all; the next question and, in the end, every entry must be those of the unbroken run.
Exit status: 0, or 1 where something differs.
"""

import argparse
import pathlib
import random
import shutil
import sys
import tempfile
import time

import driver
from driver import Failure, expect


def delay(draw):
    """From none at all to the time that some answers take, in seconds."""
    return draw.choice([0.0, draw.uniform(0, 2e-4), draw.uniform(0, 2e-3), draw.uniform(0, 2e-2)])


def pause(seconds):
    """Exact to microseconds."""
    end = time.perf_counter() + seconds
    if seconds > 2e-3:
        time.sleep(seconds - 1e-3)
    while time.perf_counter() < end:
        pass


class Broken:
    """A run that is killed again and again."""

    def __init__(self, labelling, whole, draw):
        self.labelling, self.draw = labelling, draw
        self.asked, self.said, self.kept, self.entries = whole
        self.count = 0  # entries so far
        self.moments = {}
        self.unacknowledged = [0, 0]  # not there, there

    def life(self, how):
        """From a start to a kill; `how` is the moment."""
        self.moments[how] = self.moments.get(how, 0) + 1
        process = self.labelling.start()
        sent = acknowledged = 0
        try:
            if how == "starting":
                pause(self.draw.uniform(0, 0.04))
            else:
                sent, acknowledged = self.label(process, how)
        finally:
            driver.kill(process)
        kept = [line for line in process.stdout.read().decode().splitlines(True) if line.startswith("kept ")]
        kept = [line[:-1] for line in kept if line.endswith("\n")]
        errors = process.communicate()[1].decode()
        expect(not errors, f"{how}: the program said {errors}")
        first = self.count + acknowledged
        expect(kept == self.kept[first : first + len(kept)], f"{how}: acknowledged {kept} after entry {first}")
        self.look(how, sent, acknowledged + len(kept))

    def label(self, process, how):
        """Answers some questions; how many lines were sent, and of how many it was read that they are kept."""
        self.ask(process, 0, [])
        acknowledged = 0
        for _ in range(self.draw.randrange(3)):
            if not self.left(acknowledged):
                break
            driver.send(process, self.said[self.count + acknowledged])
            acknowledged += 1
            self.ask(process, acknowledged, self.kept[self.count + acknowledged - 1 : self.count + acknowledged])
        sent = acknowledged
        if how == "waiting":
            pause(delay(self.draw))
        else:
            many = 1 if how == "answering" else self.draw.randint(2, 6)
            lines = self.said[self.count + sent : self.count + sent + many]
            if lines:
                driver.send(process, "\n".join(lines))
            sent += len(lines)
            pause(delay(self.draw) * (3 if many > 1 else 1))
        return sent, acknowledged

    def left(self, acknowledged):
        return self.count + acknowledged < len(self.said)

    def ask(self, process, more, kept_before):
        """The next question is that of the unbroken run."""
        question, kept = driver.read_question(process)
        at = self.count + more
        wanted = self.asked[at] if at < len(self.asked) else None
        expect(kept == kept_before, f"acknowledged {kept}, not {kept_before}")
        if wanted is not None:
            expect(question == wanted, f"asked '{question}', the unbroken run '{wanted}'")

    def look(self, how, sent, acknowledged):
        """The journal after a kill."""
        entries = driver.entries_of(self.labelling.journal)
        least, most = self.count + acknowledged, self.count + sent
        expect(
            least <= len(entries) <= most,
            f"{how}: {len(entries)} entries, {least} were acknowledged of {most} answers sent",
        )
        for ours, theirs in zip(entries, self.entries):
            expect(ours == theirs, f"{how}: entry {ours}, the unbroken run has {theirs}")
        self.unacknowledged[1] += len(entries) - least
        self.unacknowledged[0] += most - len(entries)
        self.count = len(entries)

    def end(self):
        """Goes on to the last answer of the unbroken run."""
        process = self.labelling.start()
        while self.count < len(self.said):
            self.ask(process, 0, [])
            driver.send(process, self.said[self.count])
            line = driver.read_line(process)
            expect(line == self.kept[self.count], f"acknowledged {line}, the unbroken run {self.kept[self.count]}")
            self.count += 1
        code, _, errors = driver.finish(process)
        expect(code == 0, f"status {code}: {errors}")
        expect(driver.entries_of(self.labelling.journal) == self.entries, "the entries differ in the end")


def kill_beginnings(labelling, first, kills, draw):
    """Kills amid the making of a journal: each time it can be made, or gone on with, afterwards."""
    for _ in range(kills):
        shutil.rmtree(labelling.out, ignore_errors=True)
        process = labelling.start()
        pause(draw.uniform(0, 0.03))
        driver.kill(process)
        process.communicate()
        process = labelling.start()
        question, _ = driver.read_question(process)
        code, _, errors = driver.finish(process)
        expect(code == 0 and question == first, f"after a kill amid a beginning: '{question}', {errors}")


def check(program, folder, kills, seed, is_text):
    name = "texts" if is_text else "table"
    data = folder / ("rows.txt" if is_text else "rows.csv")
    (driver.write_texts if is_text else driver.write_table)(data)
    options = ["--batch", "2"] if is_text else ["--repeat", "0.1"]

    def labelling(out):
        return driver.Labelling(program, folder / out, data, ["no", "yes"], is_text, seed, options)

    answers = max(20, int(1.5 * kills))
    begin = time.perf_counter()
    whole = driver.unbroken(labelling(name), answers)
    middle = time.perf_counter()
    broken = Broken(labelling(name + "-broken"), whole, random.Random(f"{seed} {name}"))
    for done in range(kills):
        how = broken.draw.choices(["starting", "waiting", "answering", "many"], [2, 2, 5, 2])[0]
        try:
            broken.life(how)
        except Failure as why:
            raise Failure(f"{name}, kill {done + 1}, seed {seed}: {why}") from None
    kill_beginnings(labelling(name + "-begun"), whole[0][0], kills // 10, broken.draw)
    reached = broken.count
    broken.end()
    absent, present = broken.unacknowledged
    print(
        f"{name}: {kills} kills {broken.moments}, {reached} of {answers} entries at the last; of unacknowledged "
        f"answers {present} were kept, {absent} were not; {middle - begin:.1f} s unbroken, "
        f"{time.perf_counter() - middle:.1f} s broken"
    )


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--program", required=True)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    program = pathlib.Path(given.program).resolve()
    with tempfile.TemporaryDirectory() as folder:
        try:
            check(program, pathlib.Path(folder), (given.kills + 1) // 2, given.seed, False)
            check(program, pathlib.Path(folder), given.kills // 2, given.seed, True)
        except Failure as why:
            print(f"FAILED {why}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
