# SPDX-License-Identifier: Apache-2.0
"""Full disks, torn files and files that are no journal, under the program `label`.

Usage: faults.py --program PATH [--seed N] [--cuts N]

An answer that cannot be kept is not acknowledged, the program says why and ends with status 1, and
afterwards the journal has what was acknowledged and the same question comes again. A write-ahead
log cut or changed at its end gives the first of the acknowledged entries; a damaged file is named.
Exit status: 0, or 1 where something differs.
"""

import argparse
import os
import pathlib
import pty
import random
import resource
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

import driver
from driver import Failure, expect


def limit_files(size):
    """For a child: no file of it grows beyond `size` bytes; writing more fails, as on a full disk."""

    def set_limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    return set_limit


def label_until_it_ends(labelling, answers, before=None):
    """Answers until the program ends or so many are kept: questions, acknowledgements, status, errors."""
    process = labelling.start(before)
    asked, kept = [], []
    while len(kept) < answers:
        question, acknowledged = driver.read_question(process)
        kept += acknowledged
        if question is None or len(kept) == answers:
            break
        asked.append(question)
        driver.send(process, labelling.answer_to(question))
    code, rest, errors = driver.finish(process)
    return asked, kept + [l for l in rest.splitlines() if l.startswith("kept ")], code, errors


def expect_refusal(code, errors, *words):
    """Status 1 and one message with these words."""
    expect(code == 1, f"status {code}, not 1: {errors}")
    for word in words:
        expect(word in errors, f"'{word}' is not in the message: {errors}")
    expect(len(errors.splitlines()) <= 3, f"a message of many lines: {errors}")


def check_after_full(labelling, asked, kept):
    """The journal has what was acknowledged, and the question that was open comes again."""
    expect(len(driver.entries_of(labelling.journal)) == len(kept), "not what was acknowledged")
    process = labelling.start()
    question, _ = driver.read_question(process)
    expect(question == asked[-1], f"asks '{question}', not '{asked[-1]}'")
    driver.send(process, labelling.answer_to(question))
    line = driver.read_line(process)
    expect(line.startswith(f"kept {len(kept) + 1} "), f"'{line}' after {len(kept)} entries")
    expect(driver.finish(process)[0] == 0, "does not end well")


def full_by_limit(make):
    """Limits on the size of files, for any part of a commit."""
    ends = 0
    for size in [33_000, 40_000, 44_000, 50_001, 60_000, 65_536, 70_007, 90_000, 100_000]:
        labelling = make(f"limit-{size}")
        asked, kept, code, errors = label_until_it_ends(labelling, 60, limit_files(size))
        if code == 0:
            continue
        ends += 1
        expect_refusal(code, errors, "answers.journal", "disk")
        if asked:
            check_after_full(labelling, asked, kept)
    expect(ends >= 5, f"only {ends} of the limits were reached")
    return f"{ends} limits on files"


def full_disk(make):
    """A small disk, filled by others."""
    labelling = make("small/labels")
    place = labelling.out.parent
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", place], capture_output=True).returncode:
        return "no small disk can be mounted here: left out"
    try:
        filler = place / "filler"
        ends = 0
        for left in [0, 20_000, 45_000, 60_000, 70_000, 81_920, 90_001, 120_000]:
            fill(filler, left)
            asked, kept, code, errors = label_until_it_ends(labelling, 200)
            expect_refusal(code, errors, "labels", "disk is full" if asked else "")
            if not asked:  # no room to begin
                filler.unlink()
                label_until_it_ends(labelling, 5)
                continue
            before = len(driver.entries_of(labelling.journal))
            last = int(asked[-1].split()[1])
            expect(before == last - 1, f"{before} entries, question {last} was open")
            filler.unlink()
            process = labelling.start()
            expect(driver.read_question(process)[0] == asked[-1], "asks another question")
            driver.finish(process)
            ends += 1
        return f"{ends} times a full disk"
    finally:
        subprocess.run(["umount", place], check=True)


def fill(filler, left):
    """Until so many bytes are left."""
    free = os.statvfs(filler.parent)
    filler.write_bytes(b"x" * max(0, free.f_bavail * free.f_frsize - left))


def full_at_a_terminal(make):
    """A person is told, and presses the key again when there is room."""
    labelling = make("terminal")
    try:
        person, theirs = pty.openpty()
    except OSError as why:
        return f"a full disk at a terminal: not tried ({why})"
    environment = {**os.environ, "TERM": "dumb", "COLUMNS": "80", "LINES": "24"}
    process = subprocess.Popen(
        [*labelling.command, "--out", str(labelling.out)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
    )
    os.close(theirs)
    try:
        read_until(person, "[q]uit")
        for _ in range(3):
            os.write(person, b"1")
            read_until(person, "Kept:")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1024, resource.RLIM_INFINITY))
        os.write(person, b"1")
        said = read_until(person, "NOT KEPT")
        expect(len(driver.entries_of(labelling.journal)) == 3, "an entry was kept on a full disk")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        os.write(person, b"1")
        read_until(person, "Kept:")
        os.write(person, b"q")
        expect(process.wait(timeout=30) == 0, f"status {process.returncode} after {said}")
        expect(len(driver.entries_of(labelling.journal)) == 4, "the entry pressed again is not there")
    finally:
        process.kill()
        process.wait()
        os.close(person)
    return "at a terminal, the key pressed again"


def read_until(person, words, limit=30.0):
    """What the terminal shows until it shows these words."""
    seen, end = "", time.monotonic() + limit
    while words not in seen:
        ready = select.select([person], [], [], max(0, end - time.monotonic()))[0]
        expect(ready, f"'{words}' does not come: {seen[-500:]}")
        seen += os.read(person, 65536).decode(errors="replace")
    return seen


def killed_with_log(labelling, answers):
    """Labels and is killed, so that all entries are in the write-ahead log; the entries."""
    process = labelling.start()
    for _ in range(answers):
        question, _ = driver.read_question(process)
        driver.send(process, labelling.answer_to(question))
    driver.read_question(process)
    driver.kill(process)
    process.communicate()
    entries = driver.entries_of(labelling.journal)
    expect(len(entries) == answers, f"{len(entries)} entries of {answers}")
    return entries


def opened(labelling):
    """Starts and ends the program: status, question, errors."""
    process = labelling.start()
    code, out, errors = driver.finish(process)
    asked = [line for line in out.splitlines() if line.startswith("ask ")]
    return code, asked[0] if asked else None, errors


def torn_log(make, draw, cuts):
    """Cut at any byte, or with bytes changed in the last frames."""
    whole = make("whole")
    entries = killed_with_log(whole, 25)
    log = (whole.out / "answers.journal-wal").read_bytes()
    frame = 24 + 4096
    least = len(entries)
    for i in range(cuts):
        labelling = make(f"cut-{i}")
        shutil.copytree(whole.out, labelling.out)
        (labelling.out / "answers.journal-shm").unlink(missing_ok=True)
        torn = bytearray(log)
        last_only = i % 2 == 1
        if last_only:
            for _ in range(draw.randint(1, 3)):
                torn[len(torn) - 1 - draw.randrange(frame)] ^= draw.randint(1, 255)
        else:
            del torn[draw.choice([draw.randrange(len(log) + 1), 32 + frame * draw.randrange((len(log) - 32) // frame)]) :]
        (labelling.out / "answers.journal-wal").write_bytes(torn)
        code, question, errors = opened(labelling)
        expect(code == 0, f"a log {'changed' if last_only else 'cut'} at its end: status {code}: {errors}")
        left = driver.entries_of(labelling.journal)
        expect(left == entries[: len(left)], "entries that nobody wrote")
        expect(question.startswith(f"ask {len(left) + 1} "), f"'{question}' after {len(left)} entries")
        expect(not last_only or len(left) >= len(entries) - 1, f"{len(left)} entries of {len(entries)}")
        least = min(least, len(left))
        shutil.rmtree(labelling.out)
    expect(least < len(entries) // 2, "no cut took much")
    return f"{cuts} torn logs"


def torn_file(make, draw, cuts):
    """The main file, with no log beside it, cut and changed anywhere: its entries or a plain refusal."""
    whole = make("closed")
    asked, kept, code, _ = label_until_it_ends(whole, 60)
    expect(code == 0 and not (whole.out / "answers.journal-wal").exists(), "does not close")
    entries = driver.entries_of(whole.journal)
    data = whole.journal.read_bytes()
    refused = 0
    pages = range(4096, len(data), 4096)
    lengths = [page + more for page in pages for more in (-1, 0, 1)] + [2, 15, 16, 99, 100, 511, 512, 1024]  # one byte is none to SQLite
    changes = [("cut", length) for length in lengths] + [("changed", draw.randrange(len(data))) for _ in range(cuts)]
    labelling = make("torn")
    for how, at in changes:
        shutil.rmtree(labelling.out, ignore_errors=True)
        labelling.out.mkdir()
        torn = bytearray(data)
        if how == "cut":
            del torn[at:]
        else:
            torn[at : at + 8] = draw.randbytes(len(torn[at : at + 8]))
        labelling.journal.write_bytes(torn)
        code, question, errors = opened(labelling)
        if code == 0:
            expect(how == "changed", f"{how} to {at} bytes of {len(data)}: nobody notices")
            continue  # a changed letter or an unused byte cannot be told
        refused += 1
        try:
            expect_refusal(code, errors, "answers.journal: ", "")
            known = ["is damaged", "is no journal", "was begun with", "is a journal of version", "takes back", " has "]
            known += ["is of row"]
            expect(any(words in errors for words in known), f"in no plain words: {errors}")
        except Failure as why:
            raise Failure(f"{how} at byte {at}: {why}") from None
    return f"{refused} of {len(changes)} torn files refused"


def other_files(make):
    """What is no journal of this program, of these rows, or in use."""
    labelling = make("other")
    labelling.out.mkdir()
    file = labelling.journal
    file.write_bytes(random.Random(0).randbytes(9000))
    expect_refusal(*status_of(labelling), "answers.journal: is no journal")
    file.write_text("text,label\nhello,1\n")
    expect_refusal(*status_of(labelling), "answers.journal: is no journal")
    file.unlink()
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE people (name TEXT)")
    other.commit()
    other.close()
    before = file.read_bytes()
    expect_refusal(*status_of(labelling), "answers.journal: is no journal")
    expect(file.read_bytes() == before, "somebody's database was changed")
    file.write_bytes(b"")
    expect(opened(labelling)[0] == 0, "an empty file is not begun")
    newer = sqlite3.connect(file)
    newer.execute("PRAGMA user_version = 99")
    newer.commit()
    newer.close()
    expect_refusal(*status_of(labelling), "answers.journal: is a journal of version 99", "up to 1")
    file.unlink()
    file.mkdir()
    expect_refusal(*status_of(labelling), "answers.journal: cannot be opened")
    file.rmdir()
    return "files that are no journal"


def status_of(labelling):
    code, _, errors = opened(labelling)
    return code, errors


def in_use(make):
    labelling = make("in-use")
    first = labelling.start()
    driver.read_question(first)
    expect_refusal(*status_of(labelling), "answers.journal: is in use by another process")
    driver.send(first, "no")
    expect((driver.read_line(first) or "").startswith("kept 1 "), "the first process was disturbed")
    driver.kill(first)
    first.communicate()
    expect(opened(labelling)[1].startswith("ask 2 "), "the lock outlives its process")
    return "a journal in use"


def undo_of_nothing(make):
    """Is said, and acknowledges nothing."""
    labelling = make("nothing")
    process = labelling.start()
    driver.read_question(process)
    driver.send(process, "undo")
    code, out, errors = driver.finish(process)
    expect(code == 0, f"undo as the first line: status {code}: {errors}")
    expect("nothing to undo" in out and "kept " not in out.replace("answers kept", ""), f"undo as the first line: {out}")
    return "an undo of nothing"


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--program", required=True)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--cuts", type=int, default=60)
    given = options.parse_args()
    program = pathlib.Path(given.program).resolve()
    draw = random.Random(given.seed)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder) / "rows.csv"
        driver.write_table(data)

        def make(out):
            return driver.Labelling(program, pathlib.Path(folder) / out, data, ["no", "yes"], False, given.seed)

        for one in [
            lambda: full_by_limit(make),
            lambda: full_disk(make),
            lambda: full_at_a_terminal(make),
            lambda: torn_log(make, draw, given.cuts),
            lambda: torn_file(make, draw, given.cuts),
            lambda: other_files(make),
            lambda: in_use(make),
            lambda: undo_of_nothing(make),
        ]:
            try:
                print(one(), flush=True)
            except (Failure, subprocess.TimeoutExpired) as why:
                print(f"FAILED {why}", flush=True)
                failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
