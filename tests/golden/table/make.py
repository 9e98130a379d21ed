# SPDX-License-Identifier: Apache-2.0
"""A model that LightGBM 4.7.0 trains on a table of pandas, for tests/learners and tests/examples.
                                                                          usage: make.py FOLDER

FOLDER/train.csv, FOLDER/new.csv: numbers, categories, words not seen in training, missing values
FOLDER/pandas.model.txt: what LightGBM writes of a model trained on the first
FOLDER/probability.txt: `new` and the probability of class `yes` of each row of the second
"""
import sys
from pathlib import Path

import lightgbm
import numpy as np
import pandas

FOLDER = Path(sys.argv[1])
CITIES = np.array(["Bern", "Zürich", 'the "Old, Town"', "9", "10", "{x}:\\y"])
COLORS = np.array(["red", "blue", "green"])


def draw(rng, rows):
    table = pandas.DataFrame(
        {
            "id": np.arange(1, rows + 1),
            "age": np.round(rng.normal(40, 12, rows), 1),
            "home city": CITIES[rng.integers(0, len(CITIES), rows)],
            "color": COLORS[rng.integers(0, len(COLORS), rows)],
            "remark": [f"remark {i}" for i in range(rows)],
        }
    )
    score = (table["age"] - 40) / 12 + np.where(table["home city"] == "Bern", 2, 0)
    score += np.where(table["color"] == "red", -1.5, 0) + rng.normal(0, 0.5, rows)
    table["y"] = np.where(score > 0, "yes", "no")
    table.loc[5:12, "age"] = np.nan
    table.loc[10:15, "color"] = None
    return table


def features(table):
    return pandas.DataFrame(
        {
            "age": table["age"],
            "home city": pandas.Categorical(table["home city"]),
            "color": pandas.Categorical(table["color"]),
        }
    )


rng = np.random.default_rng(3)
train, new = draw(rng, 160), draw(rng, 30)
new.loc[20, "color"], new.loc[21, "color"], new.loc[22, "home city"] = "mauve", "pink", "Basel"
new = new[new.columns[::-1]]
train.to_csv(FOLDER / "train.csv", index=False)
new.to_csv(FOLDER / "new.csv", index=False, sep=";")
booster = lightgbm.train(
    {"objective": "binary", "verbose": -1, "num_threads": 1, "enable_bundle": False,
     "num_leaves": 7, "min_data_in_leaf": 5, "min_data_per_group": 5, "cat_smooth": 2},
    lightgbm.Dataset(features(train), (train["y"] == "yes").astype(int)),
    num_boost_round=4,
)
booster.save_model(FOLDER / "pandas.model.txt")
values = booster.predict(features(new))
(FOLDER / "probability.txt").write_text("new " + " ".join(float(v).hex() for v in values) + "\n")
