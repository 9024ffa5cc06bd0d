#!/usr/bin/env python3
"""Text metrics and agreement by the packages that people use.

    text_peers.py data FOLDER     writes hyp, ref (100,000 segments), rhyp, rref (10,000 of 60 words), ratings.bin
    text_peers.py score FOLDER    CPU seconds and values, as JSON
"""
import json
import pathlib
import random
import sys
import time

SEGMENTS, PAIRS, ITEMS, PEOPLE, KINDS = 100_000, 10_000, 100_000, 5, 5


def data(folder):
    rng = random.Random(3)
    words = ["".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(2, 9))) for _ in range(20_000)]

    def word():
        return words[min(int(rng.paretovariate(0.6)) - 1, len(words) - 1)]

    def write(names, count, low, high, keep, end):
        with open(folder / names[0], "w") as hyp, open(folder / names[1], "w") as ref:
            for _ in range(count):
                said = [word() for _ in range(rng.randint(low, high))]
                ref.write(" ".join(said) + end + "\n")
                hyp.write(" ".join(w if rng.random() < keep else word() for w in said) + end + "\n")

    write(("hyp", "ref"), SEGMENTS, 10, 30, 0.75, ", ok.")
    write(("rhyp", "rref"), PAIRS, 60, 60, 0.6, "")
    ratings = bytearray()
    for _ in range(ITEMS):
        truth = rng.randrange(KINDS)
        ratings += bytes(truth if rng.random() < 0.7 else rng.randrange(KINDS) for _ in range(PEOPLE))
    (folder / "ratings.bin").write_bytes(ratings)


def timed(body):
    began = time.process_time()
    value = body()
    return {"seconds": time.process_time() - began, "value": float(value)}


def score(folder):
    import krippendorff
    import numpy
    from rouge_score import rouge_scorer
    from sacrebleu.metrics import BLEU, CHRF
    from sklearn.metrics import cohen_kappa_score

    def lines(name):
        return (folder / name).read_text().splitlines()

    hyp, ref, rhyp, rref = (lines(name) for name in ("hyp", "ref", "rhyp", "rref"))
    table = numpy.frombuffer((folder / "ratings.bin").read_bytes(), numpy.uint8).reshape(-1, PEOPLE).astype(float)
    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)
    domain = list(range(KINDS))
    print(json.dumps({
        "bleu": timed(lambda: BLEU().corpus_score(hyp, [ref]).score),
        "chrf": timed(lambda: CHRF().corpus_score(hyp, [ref]).score),
        "rouge": timed(lambda: sum(scorer.score(r, h)["rougeL"].fmeasure for h, r in zip(rhyp, rref)) / len(rref)),
        "nominal": timed(lambda: krippendorff.alpha(table.T, value_domain=domain, level_of_measurement="nominal")),
        "ordinal": timed(lambda: krippendorff.alpha(table.T, value_domain=domain, level_of_measurement="ordinal")),
        "kappa": timed(lambda: cohen_kappa_score(table[:, 0].astype(int), table[:, 1].astype(int))),
    }))


if __name__ == "__main__":
    {"data": data, "score": score}[sys.argv[1]](pathlib.Path(sys.argv[2]))
