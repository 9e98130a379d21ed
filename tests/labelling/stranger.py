#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A stranger's five minutes, and the screens in the documents.

Makes a CSV of 2,000 rows (scikit-learn's two moons, without their labels), calls script/label in
tmux at 80 x 24 as the README says, gives 30 answers by looking at each row, takes one back, leaves,
and checks what is left behind. With --clone it begins from a clone of this checkout.

usage: tests/labelling/stranger.py [--clone] [--update-docs] [--answers N]
needs tmux, and scikit-learn in this Python (build/peers/bin/python, from script/peers)
"""
import argparse
import csv
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def make_table(path):
    from sklearn.datasets import make_moons

    points, labels = make_moons(2000, noise=0.2, random_state=0)
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["x", "y"])
        rows.writerows([f"{x:.3f}", f"{y:.3f}"] for x, y in points)
    return labels


class Screen:
    """A program in a window of tmux."""

    def __init__(self, command, folder):
        self.name = "stranger"
        subprocess.run(["tmux", "kill-session", "-t", self.name], stderr=subprocess.DEVNULL)
        shell = ["env", "PS1=$ ", "bash", "--noprofile", "--norc"]
        subprocess.run(
            ["tmux", "new-session", "-d", "-x", "80", "-y", "24", "-s", self.name, "-c", folder, *shell],
            check=True,
        )
        time.sleep(0.5)
        self.press("clear")
        self.press("Enter")
        self.press(command, "-l")
        self.press("Enter")

    def press(self, key, *options):
        subprocess.run(["tmux", "send-keys", "-t", self.name, *options, "--", key], check=True)

    def text(self):
        shown = subprocess.run(
            ["tmux", "capture-pane", "-p", "-t", self.name], capture_output=True, text=True, check=True
        ).stdout
        return "\n".join(line.rstrip() for line in shown.split("\n")).rstrip("\n")

    def wait(self, pattern, seconds):
        """The screen on which the pattern first is."""
        end = time.time() + seconds
        while time.time() < end:
            shown = self.text()
            if re.search(pattern, shown):
                return shown
            time.sleep(0.02)
        sys.exit(f"not seen within {seconds} s: {pattern}\n{self.text()}")


def update_block(path, name, text):
    old = path.read_text()
    text = text.replace(f"{ROOT}/", "")
    block = f"<!-- screen {name} -->\n```text\n{text}\n```\n<!-- end screen {name} -->"
    new = re.sub(
        rf"<!-- screen {name} -->.*?<!-- end screen {name} -->", lambda _: block, old, flags=re.DOTALL
    )
    path.write_text(new)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--clone", action="store_true")
    options.add_argument("--update-docs", action="store_true")
    options.add_argument("--answers", type=int, default=30)
    given = options.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp())
    truth = make_table(folder / "points.csv")
    begin = time.time()
    program = f"{ROOT}/script/label"
    if given.clone:
        subprocess.run(["git", "clone", "-q", str(ROOT), str(folder / "alx")], check=True)
        (folder / "points.csv").rename(folder / "alx/points.csv")
        program, folder = "script/label", folder / "alx"
    screen = Screen(f"{program} --data points.csv --classes upper,lower", str(folder))
    screens = {}
    for number in range(1, given.answers + 1):
        shown = screen.wait(rf"question {number},", 900 if number == 1 else 10)
        if number == 1:
            print(f"the first question after {time.time() - begin:.0f} s")
        row = int(re.search(r"question \d+, row (\d+)", shown)[1])
        if number == 20:  # a slip, taken back
            screen.press("1")
            screen.wait(r"question 21,", 10)
            screen.press("u")
            shown = screen.wait(r"question 20, row (\d+)(?s:.*)Taken back", 10)
            assert int(re.search(r"question 20, row (\d+)", shown)[1]) == row, shown
        time.sleep(0.4)
        screens[number] = screen.text()
        screen.press(str(truth[row - 1] + 1))
    screens["last"] = screen.wait(rf"question {given.answers + 1},", 10)
    screen.press("?")
    screens["help"] = screen.wait("Press any key", 10)
    screen.press("x")
    screen.wait(rf"question {given.answers + 1},", 10)
    screen.press("q")
    screens["end"] = screen.wait("to go on: ", 60)
    print(f"{given.answers} answers, a model and a report after {time.time() - begin:.0f} s")
    out = folder / "points-labels"
    for name in ("answers.journal", "model.txt", "predictions.csv", "report.html"):
        assert (out / name).stat().st_size > 0, name
    rows = list(csv.DictReader(open(out / "predictions.csv", newline="")))
    right = sum(row["predicted"] == ("upper", "lower")[label] for row, label in zip(rows, truth))
    print(f"the model is right on {right} of {len(rows)} rows")
    if given.update_docs:
        update_block(ROOT / "README.md", "label", screens["last"])
        update_block(ROOT / "docs/labelling.md", "table", screens["last"])
        update_block(ROOT / "docs/labelling.md", "help", screens["help"])
        update_block(ROOT / "docs/labelling.md", "end", screens["end"])
    screen.press("exit")
    screen.press("Enter")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
