#!/usr/bin/env python3
"""Writes Tests/PitStatisticsTests/Fixtures/agreement-parity.json: what krippendorff, scikit-learn and statsmodels say.

    agreement_parity.py > agreement-parity.json   (krippendorff 0.9.0, scikit-learn 1.9.1, statsmodels 0.15.0)

Rows are items, columns are people, null is missing.
"""
import json
import math
import sys
import warnings

import krippendorff
import numpy
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa

warnings.filterwarnings("ignore")


def table(seed, items, people, categories, missing, agree):
    random = numpy.random.default_rng(seed)
    truth = random.integers(0, categories, items)
    rows = []
    for item in range(items):
        row = []
        for _ in range(people):
            value = int(truth[item] if random.random() < agree else random.integers(0, categories))
            row.append(None if random.random() < missing else value)
        rows.append(row)
    return {"rows": rows, "categories": categories}


def clean(value):
    return None if value is None or not math.isfinite(value) else float(value)


def alpha(matrix, domain, level):
    try:
        return clean(krippendorff.alpha(matrix, value_domain=domain, level_of_measurement=level))
    except ValueError:
        return None


def judge(case):
    matrix = numpy.array([[numpy.nan if v is None else v for v in row] for row in case["rows"]], float)
    domain = list(range(case["categories"]))
    out = dict(case)
    out["alpha"] = {level: alpha(matrix.T, domain, level) for level in ("nominal", "ordinal", "interval", "ratio")}
    counts = numpy.array([[(row == c).sum() for c in domain] for row in matrix])
    full = not numpy.isnan(matrix).any() and matrix.shape[1] > 1
    out["fleiss"] = clean(fleiss_kappa(counts)) if full else None
    out["cohen"] = []
    for i in range(matrix.shape[1]):
        for j in range(i + 1, matrix.shape[1]):
            both = ~numpy.isnan(matrix[:, i]) & ~numpy.isnan(matrix[:, j])
            if not both.any():
                continue
            a, b = matrix[both, i].astype(int), matrix[both, j].astype(int)
            out["cohen"].append({"pair": [i, j], "n": int(both.sum()), "kappa": [
                clean(cohen_kappa_score(a, b, labels=domain, weights=w)) for w in (None, "linear", "quadratic")]})
    return out


N = None
KRIPPENDORFF = [[1, 1, N, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4],
                [1, 1, 2, 1], [2, 2, 2, 2], [N, 5, 5, 5], [N, N, 1, 1], [N, 3, N, N]]
CASES = [
    {"rows": KRIPPENDORFF, "categories": 6},
    {"rows": [[0, 0]] * 5, "categories": 2}, {"rows": [[0, 1]] * 5, "categories": 2},
    {"rows": [[0], [1]], "categories": 2}, {"rows": [[0, 1], [1, 1], [1, 0], [0, 0]], "categories": 2},
    table(1, 40, 3, 4, 0.0, 0.6), table(2, 60, 5, 5, 0.25, 0.5), table(3, 200, 2, 3, 0.1, 0.8),
    table(4, 30, 8, 2, 0.5, 0.9), table(5, 25, 4, 9, 0.0, 0.2),
]

if __name__ == "__main__":
    json.dump({"cases": [judge(case) for case in CASES]}, sys.stdout, separators=(",", ":"))
