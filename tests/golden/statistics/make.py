"""Student's t quantiles and two small samples in short, by SciPy.   usage: make.py > statistics.txt

Lines: `t DF QUANTILE` and `sample NAME mean sd mean_lower mean_upper single_lower single_upper : values...`
"""
import numpy as np
from scipy import stats

for df in [*range(1, 41), 49, 50, 99, 100, 199, 200, 201, 202, 500, 1000, 10**6, 10**9]:
    print("t", df, repr(float(stats.t.ppf(0.975, df))))
rng = np.random.RandomState(7)
for name, x in {"two": [0.25, 0.75], "ten": rng.normal(0.9, 0.01, 10), "far": 1e9 + rng.normal(0, 1, 33)}.items():
    x = np.asarray(x, float)
    n, mean, sd = len(x), x.mean(), x.std(ddof=1)
    a = stats.t.interval(0.95, n - 1, mean, stats.sem(x))
    b = stats.t.interval(0.95, n - 1, mean, sd * np.sqrt(1 + 1 / n))
    print("sample", name, *(repr(float(v)) for v in (mean, sd, *a, *b)), ":", *(repr(float(v)) for v in x))
