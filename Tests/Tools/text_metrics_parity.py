#!/usr/bin/env python3
"""Writes Tests/PitStatisticsTests/Fixtures/text-metrics-parity.json: what sacreBLEU, rouge_score and NLTK say.

    text_metrics_parity.py > text-metrics-parity.json     (sacrebleu 2.6.0, rouge-score 0.1.2, nltk 3.10.4)
"""
import json
import random
import sys

from nltk.stem.porter import PorterStemmer
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
from sacrebleu.tokenizers.tokenizer_intl import TokenizerV14International

WORDS = ("the cat sat on a mat and was running quickly over 3.5% of $1,000 in U.S.A. e.g. don't &quot;stop&quot; &amp;lt; "
         "x-y 3-4 -6 caf\u00e9 na\u00efve \u00dcbung \u03a3\u038a\u03a3\u03a5\u03a6\u039f\u03a3 \u4e2d\u6587 \u65e5\u672c\u8a9e "
         "\u2014 \u201cquoted\u201d 10:30 a/b c_d e@f {g} ~h ^i `j` |k <skipped> \u00a0 \u3000 1.,2 .5 5. (hi) hello, world! "
         "\u212aelvin \u0130stanbul \U0001f600 generously relational happily").split(" ")


def sentence(rng, alphabet):
    if alphabet == "unicode":
        pool = [chr(c) for r in ((0x20, 0x7f), (0xa0, 0x250), (0x370, 0x400), (0x2000, 0x2070), (0x3000, 0x3040),
                                 (0x4e00, 0x4e40), (0x1f600, 0x1f610)) for c in range(*r)]
        return "".join(rng.choice(pool) for _ in range(rng.randint(0, 60)))
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(0, 25)))


def disturb(rng, text):
    words = text.split(" ")
    for _ in range(rng.randint(0, 4)):
        if not words:
            break
        kind, at = rng.randint(0, 3), rng.randrange(len(words))
        if kind == 0:
            words[at] = rng.choice(WORDS)
        elif kind == 1:
            del words[at]
        elif kind == 2:
            words.insert(at, rng.choice(WORDS))
        else:
            end = min(len(words), at + rng.randint(1, 5))
            block, rest = words[at:end], words[:at] + words[end:]
            to = rng.randint(0, len(rest))
            words = rest[:to] + block + rest[to:]
    return " ".join(words)


def corpus(seed, size, alphabet, references):
    rng = random.Random(seed)
    refs = [[] for _ in range(references)]
    hyps = []
    for _ in range(size):
        base = sentence(rng, alphabet)
        for stream in refs:
            stream.append(disturb(rng, base) if len(refs) > 1 else base)
        hyps.append(disturb(rng, base) if rng.random() < 0.9 else sentence(rng, alphabet))
    return hyps, refs


BLEUS = [("13a-exp", {}), ("13a-none", {"smooth_method": "none"}), ("13a-floor", {"smooth_method": "floor"}),
         ("13a-add-k", {"smooth_method": "add-k"}), ("lc", {"lowercase": True}), ("none", {"tokenize": "none"}),
         ("char", {"tokenize": "char"}), ("intl", {"tokenize": "intl"})]
CHRFS = [("chrf", {}), ("chrf++", {"word_order": 2}), ("eps", {"eps_smoothing": True, "word_order": 2}),
         ("space", {"whitespace": True}), ("lc", {"lowercase": True})]
ROUGES = ["rouge1", "rouge2", "rougeL", "rougeLsum"]


def case(name, hyps, refs):
    out = {"name": name, "hyps": hyps, "refs": refs, "bleu": {}, "chrf": {}, "rouge": {}, "rouge_stem": {}}
    for key, options in BLEUS:
        metric = BLEU(**options)
        whole = metric.corpus_score(hyps, refs)
        out["bleu"][key] = {"score": whole.score, "signature": str(metric.get_signature()), "sys": whole.sys_len,
                            "ref": whole.ref_len, "sentences": [
            BLEU(effective_order=True, **options).sentence_score(h, [r[i] for r in refs]).score
            for i, h in enumerate(hyps)]}
    for key, options in CHRFS:
        metric = CHRF(**options)
        whole = metric.corpus_score(hyps, refs)
        out["chrf"][key] = {"score": whole.score, "signature": str(metric.get_signature())}
    for key, options in (("ter", {}), ("cased", {"case_sensitive": True})):
        metric = TER(**options)
        out[key] = {"score": metric.corpus_score(hyps, refs).score, "signature": str(metric.get_signature()),
                    "sentences": [metric.sentence_score(h, [r[i] for r in refs]).score for i, h in enumerate(hyps)]}
    for key, stem in (("rouge", False), ("rouge_stem", True)):
        scorer = rouge_scorer.RougeScorer(ROUGES, use_stemmer=stem)
        for kind in ROUGES:
            out[key][kind] = []
        for i, h in enumerate(hyps):
            scores = scorer.score_multi([r[i].replace(" x-y ", "\n") for r in refs], h.replace(" x-y ", "\n"))
            for kind in ROUGES:
                out[key][kind].append(list(scores[kind]))
    return out


def words():
    rng = random.Random(5)
    known = ("running flies dying lies news skies innings exceed happily university generously singing caresses ponies "
             "agreed plastered hopping falling relational conditional electricity adjustment probate rate controlling "
             "dies died ties tied sky yes by syzygy yyy oyo analogical rationally formalize operational hopefulness "
             "feudalism decisiveness callousness sensibility psychology apology bloodthirstily triplicate formative "
             "electrical goodness revival allowance inference airliner gyroscopic adjustable defensible irritant "
             "replacement dependent adoption communism activate angularity homologous effective bowdlerize cease roll "
             "enjoy say try cries fulli gentlefully alli").split()
    ends = ["", "s", "es", "ed", "ing", "ies", "ied", "ational", "ization", "fulness", "ousness", "alli", "logi", "ement",
            "ion", "ll", "eed", "y", "e", "ness"]
    for _ in range(600):
        known.append("".join(rng.choice("abcdefghilmnoprstuyz") for _ in range(rng.randint(1, 7))) + rng.choice(ends))
    return sorted(set(known))


def main():
    cases = []
    for seed, size, alphabet, references in ((1, 40, "words", 1), (2, 25, "words", 3), (3, 40, "unicode", 1)):
        cases.append(case(f"{alphabet}-{references}", *corpus(seed, size, alphabet, references)))
    cases.append(case("golden", ["the cat sat on the mat .", "there is a dog here", "", "x", "d e f a b c"],
                      [["the cat is on the mat .", "there is a dog over here", "a b", "y", "a b c d e f"]]))
    stemmer = PorterStemmer()
    texts = ["Hello, world!", "It's 3.5% of $1,000.", "a-b 3-4 5 -6", "don't &quot;stop&quot; &amp;lt;x", "U.S.A. e.g., x",
             "1.,2 a.b .5 5. x", "x<skipped>y foo-\nbar", "10:30 a/b c_d e@f {g} ~h ^i `j` |k", "caf\u00e9, \u201cq\u201d.", ""]
    json.dump({
        "cases": cases, "stems": [[w, stemmer.stem(w)] for w in words()],
        "tokens": [[t, Tokenizer13a()(t.rstrip()), TokenizerV14International()(t.rstrip())] for t in texts],
    }, sys.stdout, ensure_ascii=True, separators=(",", ":"))


if __name__ == "__main__":
    main()
