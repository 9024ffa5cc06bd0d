#!/usr/bin/env python3
"""Writes Tests/PitStatisticsTests/Fixtures/drift-parity.json: what SciPy and NumPy say of seeded samples.

    drift_parity.py > drift-parity.json        (SciPy 1.17.1, NumPy 2.4.6; see Tests/Benchmarks/peers.py)

A side is {seed, count, scale, shift, levels}: uniform numbers of SplitMix64, times scale plus shift; with levels, the
whole number below u * levels first, so that there are ties. The tests make the same numbers.
"""
import json
import math
import sys
import warnings

import numpy
from scipy import special, stats
from scipy.spatial import distance

warnings.filterwarnings("ignore")
MASK = (1 << 64) - 1


def uniform(seed, count):
    state, values = seed, []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        z ^= z >> 31
        values.append((z >> 11) * 2.0**-53)
    return numpy.array(values)


def make(side):
    u = uniform(side["seed"], side["count"])
    if side["levels"]:
        u = numpy.floor(u * side["levels"])
    return u * side["scale"] + side["shift"]


def side(seed, count, scale=1.0, shift=0.0, levels=0):
    return {"seed": seed, "count": count, "scale": scale, "shift": shift, "levels": levels}


def fill(shares):
    least = shares[shares > 0].min()
    return numpy.where(shares > 0, shares, least / 1e6 if least <= 0.0001 else 0.0001)


def binned(a, b):
    if len(numpy.unique(a)) > 20:
        edges = numpy.histogram_bin_edges(numpy.concatenate([a, b]), bins="sturges")
        return numpy.histogram(a, edges)[0], numpy.histogram(b, edges)[0]
    keys = numpy.unique(numpy.concatenate([a, b]))
    return tuple(numpy.array([(x == key).sum() for key in keys]) for x in (a, b))


def samples(a, b):
    ks, mw = stats.ks_2samp(a, b), stats.mannwhitneyu(a, b)
    student, welch = stats.ttest_ind(a, b), stats.ttest_ind(a, b, equal_var=False)
    counts = binned(a, b)
    p, q = fill(counts[0] / len(a)), fill(counts[1] / len(b))
    w1 = stats.wasserstein_distance(a, b)
    edges = numpy.unique(numpy.quantile(a, numpy.linspace(0, 1, 11)[1:-1]))
    edges = numpy.concatenate([[-numpy.inf], edges, [numpy.inf]])
    quantiles = [numpy.histogram(x, edges)[0] / len(x) for x in (a, b)]
    both = [(x, y) for x, y in zip(*quantiles) if x > 0 and y > 0]
    span = (min(a.min(), b.min()), max(a.max(), b.max()))
    fifty = [numpy.histogram(x, bins=50, range=span)[0] for x in (a, b)]
    return {
        "ks": [ks.statistic, ks.pvalue], "mw": [mw.statistic, mw.pvalue],
        "t": [student.statistic, student.pvalue], "welch": [welch.statistic, welch.pvalue],
        "wasserstein": [w1], "normed": [w1 / max(numpy.std(a), 0.001)],
        "psi": [((p - q) * numpy.log(p / q)).sum()], "js": [distance.jensenshannon(*counts)],
        "kl": [stats.entropy(p, q)],
        "psi_quantile": [sum((x - y) * math.log(x / y) for x, y in both)],
        "js_50": [distance.jensenshannon(*fifty)],
        "counts_50": [int(x) for x in fifty[0]] if len(a) <= 5000 else [],
    }


def tables():
    for seed in range(8):
        count = 2 + seed
        a = numpy.floor(uniform(900 + seed, count) * 60 * (seed + 1)) + 1
        b = numpy.floor(uniform(950 + seed, count) * 70 * (seed + 1)) + 1
        table = numpy.array([a, b])
        chi = stats.chi2_contingency(table, correction=False)
        g = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
        one = stats.chisquare(b, a / a.sum() * b.sum())
        yield {
            "a": a.tolist(), "b": b.tolist(), "chi2": [chi.statistic, chi.pvalue], "g": [g.statistic, g.pvalue],
            "expected": [one.statistic, one.pvalue],
        }


def proportions():
    for a, n, b, m in [(10, 100, 14, 90), (0, 20, 3, 25), (500, 1000, 700, 1200), (3, 3, 5, 5), (1, 4000, 9, 3000)]:
        share = (a + b) / (n + m)
        variance = share * (1 - share) * (1 / n + 1 / m)
        z = (a / n - b / m) / math.sqrt(variance) if variance > 0 else 0.0
        wilson = stats.binomtest(a, n).proportion_ci(method="wilson")
        yield {"counts": [a, n, b, m], "z": [z, 2 * stats.norm.sf(abs(z))], "wilson": [wilson.low, wilson.high]}


PAIRS = [
    (side(1, 1), side(2, 1)), (side(3, 5), side(4, 7)), (side(5, 8, 2.0), side(6, 30, 1.0, 0.5)),
    (side(7, 20), side(8, 20, 1.0, 0.2)), (side(9, 40, levels=7), side(10, 60, levels=8)),
    (side(11, 100), side(12, 100)), (side(13, 90, 3.0, -1.0, 5), side(14, 135, 3.0, -1.0, 5)),
    (side(15, 400, 10.0), side(16, 300, 10.0, 0.4)), (side(17, 1000), side(18, 777, 1.05)),
    (side(19, 2000, levels=40), side(20, 3000, levels=41)), (side(21, 9999), side(22, 10000, 1.0, 0.01)),
    (side(23, 10001), side(24, 150, 1.0, 0.05)), (side(25, 10001), side(26, 40)), (side(27, 12000), side(28, 9)),
    (side(29, 12000, 1.0), side(30, 900, 1.02)), (side(31, 20000), side(32, 3000, 1.0, 0.02)),
    (side(33, 30000), side(34, 30000, 1.0, 0.006)), (side(35, 30000, levels=300), side(36, 25000, levels=303)),
    (side(37, 11000), side(38, 1300, 1.0, 0.01)), (side(39, 50000), side(40, 50000, 1.1)),
    (side(41, 300, levels=1), side(42, 200, levels=1)), (side(43, 6, 1.0, 5.0), side(44, 6)),
]
FALSE_DISCOVERY = [[0.01, 0.04, 0.03, 0.2], [0.5], [0.001, 0.001, 0.9, 0.04, 0.04, 0.8, 1.0], [1.0, 1.0]]


def clean(value):
    """JSON has no NaN and no infinity: null stands for them, and the tests leave it out."""
    if isinstance(value, dict):
        return {key: clean(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(inner) for inner in value]
    if isinstance(value, (float, numpy.floating)):
        return float(value) if math.isfinite(value) else None
    return int(value) if isinstance(value, numpy.integer) else value


def main():
    functions = []
    for a, b, x in [(0.5, 0.5, 0.1), (2, 3, 0.7), (50, 0.5, 0.99), (500, 0.5, 0.9995), (0.1, 9, 0.01), (30, 40, 0.4)]:
        functions.append({"a": a, "b": b, "x": x, "beta": special.betainc(a, b, x), "gamma": special.gammaincc(a, x * a)})
    print(json.dumps(clean({
        "made_with": {"scipy": __import__("scipy").__version__, "numpy": numpy.__version__},
        "samples": [{"a": a, "b": b, "values": samples(make(a), make(b))} for a, b in PAIRS],
        "tables": list(tables()), "proportions": list(proportions()), "functions": functions,
        "false_discovery": [{"p": p, "adjusted": list(stats.false_discovery_control(p))} for p in FALSE_DISCOVERY],
    }), indent=None, separators=(",", ":")))


if __name__ == "__main__":
    main()
