#!/usr/bin/env python3
"""Near-duplicates by datasketch, and what is true by exact Jaccard of pairs of words.

    duplicates_peers.py data FOLDER    docs.jsonl: 100,000 documents of 1 KB, in a quarter of the cases one more that is
                                       nearly the same: 1 to 36 of its words replaced, so that all likenesses come
    duplicates_peers.py find FOLDER    seconds, recall and precision of MinHashLSH, as JSON
    duplicates_peers.py judge FOLDER   recall and precision of kept.jsonl, as JSON
"""
import itertools
import json
import pathlib
import random
import re
import sys
import time
from collections import defaultdict

DOCUMENTS, THRESHOLD, PERMUTATIONS = 100_000, 0.8, 128
WORD = re.compile(rb"[a-z0-9]+")


def data(folder):
    rng = random.Random(7)
    words = ["".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(2, 9))) for _ in range(20_000)]

    def word():
        frequent = min(int(rng.paretovariate(0.6)) - 1, len(words) - 1)
        return words[frequent] if rng.random() < 0.5 else rng.choice(words)

    documents = []
    while len(documents) < DOCUMENTS:
        text, size = [], 0
        while size < 1000:
            text.append(word())
            size += len(text[-1]) + 1
        documents.append(text)
        if rng.random() < 0.25:
            near = list(text)
            for _ in range(rng.randint(1, 36)):
                near[rng.randrange(len(near))] = word()
            documents.append(near)
    del documents[DOCUMENTS:]
    rng.shuffle(documents)
    with open(folder / "docs.jsonl", "w") as file:
        for number, text in enumerate(documents):
            file.write(json.dumps({"id": number, "text": " ".join(text)}) + "\n")


def shingles(line):
    words = WORD.findall(json.loads(line)["text"].lower().encode())
    return [a + b" " + b for a, b in zip(words, words[1:])]


def true_pairs(folder):
    """Pairs over the threshold; those that are share a rare shingle."""
    sets, where = [], defaultdict(list)
    for number, line in enumerate(open(folder / "docs.jsonl", "rb")):
        sets.append(frozenset(shingles(line)))
        for shingle in sets[-1]:
            where[shingle].append(number)
    candidates = {pair for places in where.values() if len(places) <= 8 for pair in itertools.combinations(places, 2)}
    return {(a, b) for a, b in candidates if len(sets[a] & sets[b]) >= THRESHOLD * len(sets[a] | sets[b])}


def find(folder):
    from datasketch import MinHash, MinHashLSH

    began = time.time()
    index, pairs = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS), set()
    for number, line in enumerate(open(folder / "docs.jsonl", "rb")):
        signature = MinHash(num_perm=PERMUTATIONS)
        signature.update_batch(shingles(line))
        pairs.update((other, number) for other in index.query(signature))
        index.insert(number, signature)
    seconds = time.time() - began
    truth = true_pairs(folder)
    print(json.dumps({
        "seconds": seconds, "recall": len(truth & pairs) / len(truth), "precision": len(truth & pairs) / len(pairs)}))


def judge(folder):
    truth = true_pairs(folder)
    kept = {json.loads(line)["id"] for line in open(folder / "kept.jsonl")}
    gone = {number for number in range(DOCUMENTS)} - kept
    later = {b for _, b in truth}
    print(json.dumps({"seconds": 0, "recall": len(later & gone) / len(later), "precision": len(later & gone) / len(gone)}))


if __name__ == "__main__":
    {"data": data, "find": find, "judge": judge}[sys.argv[1]](pathlib.Path(sys.argv[2]))
