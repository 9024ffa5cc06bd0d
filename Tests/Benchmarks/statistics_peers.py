#!/usr/bin/env python3
"""What the statistics are measured against; the data is made here, the same each time.

    statistics_peers.py data FOLDER        a.bin and b.bin (float64), reference.csv and current.csv (50 columns)
    statistics_peers.py scipy FOLDER       times SciPy's and NumPy's on a.bin and b.bin; CPU seconds and values
    statistics_peers.py evidently FOLDER   times Evidently's DataDriftPreset on the two tables, its memory, its verdicts
"""
import json
import pathlib
import resource
import sys
import time

import numpy

COUNT, COLUMNS, ROWS = 1_000_000, 50, 100_000


def data(folder):
    chance = numpy.random.default_rng(7)
    chance.normal(0, 1, COUNT).tofile(folder / "a.bin")
    chance.normal(0.01, 1.02, COUNT).tofile(folder / "b.bin")
    for name, shift in [("reference", 0.0), ("current", 0.3)]:
        columns = []
        for column in range(COLUMNS):
            drift = shift if column % 5 == 0 else 0.0
            columns.append(chance.normal(10 + drift, 1, ROWS) if column % 2 else chance.lognormal(3 + drift, 0.8, ROWS))
        with open(folder / f"{name}.csv", "w") as file:
            file.write(",".join(f"c{column}" for column in range(COLUMNS)) + "\n")
            numpy.savetxt(file, numpy.array(columns).T, fmt="%.4f", delimiter=",")


def timed(work, rounds=5):
    spent = []
    for _ in range(rounds):
        before = time.process_time()
        value = work()
        spent.append(time.process_time() - before)
    return {"seconds": sorted(spent)[len(spent) // 2], "value": float(value)}


def scipy(folder):
    from scipy import stats
    from scipy.spatial import distance

    a, b = (numpy.fromfile(folder / name) for name in ("a.bin", "b.bin"))

    def psi():
        inner = numpy.quantile(a, numpy.linspace(0, 1, 11))[1:-1]
        edges = numpy.concatenate([[-numpy.inf], inner, [numpy.inf]])
        p, q = (numpy.histogram(side, edges)[0] / len(side) for side in (a, b))
        return numpy.sum((p - q) * numpy.log(p / q))

    def js():
        low, high = min(a.min(), b.min()), max(a.max(), b.max())
        p, q = (numpy.histogram(side, 50, (low, high))[0] for side in (a, b))
        return distance.jensenshannon(p, q)

    print(json.dumps({
        "ks": timed(lambda: stats.ks_2samp(a, b).statistic), "ks_p": timed(lambda: stats.ks_2samp(a, b).pvalue, 1),
        "wasserstein": timed(lambda: stats.wasserstein_distance(a, b)), "psi": timed(psi), "js": timed(js)}))


def evidently(folder):
    import pandas
    from evidently import Dataset, Report
    from evidently.presets import DataDriftPreset

    began, spent = time.time(), time.process_time()
    reference, current = (pandas.read_csv(folder / f"{name}.csv") for name in ("reference", "current"))
    result = Report([DataDriftPreset()]).run(Dataset.from_pandas(current), Dataset.from_pandas(reference))
    words = json.loads(result.json())
    share = next(metric["value"] for metric in words["metrics"] if "DriftedColumnsCount" in metric["metric_name"])
    print(json.dumps({
        "wall": time.time() - began, "cpu": time.process_time() - spent, "drifted": share["count"],
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


if __name__ == "__main__":
    verbs = {"data": data, "scipy": scipy, "evidently": evidently}
    if len(sys.argv) != 3 or sys.argv[1] not in verbs:
        sys.exit(__doc__)
    verbs[sys.argv[1]](pathlib.Path(sys.argv[2]))
