#!/usr/bin/env python3
"""Fine-tunes a model so small that it needs nothing but Python: from the words of a question to one of the answers that it
was taught (softmax regression over bags of words, by stochastic gradient descent).

    train_tiny.py DATASET MLFLOW_URL MODEL

DATASET is what `pitwall export labels --format sft` writes: JSON Lines with `messages`, or `prompt` and `completion`. Each
epoch's loss is logged to a run of MLflow, the weights are a file of that run, and they are registered as the next version of
MODEL, whose tags tell the data that it was made from. Prints the version.
"""
import hashlib
import json
import math
import pathlib
import random
import re
import sys
import time
import urllib.request


def words(text):
    return sorted(set(re.findall(r"[a-z]+", text.lower())))


def examples(path):
    for line in path.read_text().splitlines():
        row = json.loads(line)
        messages = row.get("messages") or row["prompt"] + row["completion"]
        yield next(m["content"] for m in reversed(messages) if m["role"] == "user"), messages[-1]["content"]


def call(url, name, body):
    return json.loads(send(urllib.request.Request(
        f"{url}/api/2.0/mlflow/{name}", json.dumps(body).encode(), {"Content-Type": "application/json"})))


def files(url, source):
    """Where the server keeps what `mlflow-artifacts:/...` names."""
    return f"{url}/api/2.0/mlflow-artifacts/artifacts/{source.removeprefix('mlflow-artifacts:').lstrip('/')}"


def send(request):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as reply:
        return reply.read()


def scores(model, question):
    known = [model["words"][word] for word in words(question) if word in model["words"]]
    return known, [sum(row[place] for place in known) for row in model["weights"]]


def main(dataset, url, name):
    taught = list(examples(pathlib.Path(dataset)))
    answers = sorted({answer for _, answer in taught})
    vocabulary = sorted({word for question, _ in taught for word in words(question)})
    model = {"words": {word: place for place, word in enumerate(vocabulary)}, "answers": answers,
             "weights": [[0.0] * len(vocabulary) for _ in answers]}
    experiment = call(url, "experiments/create", {"name": f"fine-tuning {time.time_ns()}"})["experiment_id"]
    info = call(url, "runs/create", {"experiment_id": experiment, "start_time": int(time.time() * 1000)})["run"]["info"]
    run, source = info["run_id"], info["artifact_uri"] + "/weights.json"
    call(url, "runs/log-parameter", {"run_id": run, "key": "learning_rate", "value": "0.5"})
    chance = random.Random(7)
    for epoch in range(20):
        loss = 0.0
        chance.shuffle(taught)
        for question, answer in taught:
            known, all_scores = scores(model, question)
            top = max(all_scores)
            shares = [math.exp(score - top) for score in all_scores]
            right = answers.index(answer)
            loss -= math.log(shares[right] / sum(shares))
            for place, row in enumerate(model["weights"]):
                step = 0.5 * ((place == right) - shares[place] / sum(shares))
                for word in known:
                    row[word] += step
        call(url, "runs/log-metric", {
            "run_id": run, "key": "loss", "value": loss / len(taught), "step": epoch, "timestamp": int(time.time() * 1000)})
        print(json.dumps({"loss": loss / len(taught), "epoch": epoch}), file=sys.stderr)
    send(urllib.request.Request(files(url, source), json.dumps(model).encode(), method="PUT"))
    call(url, "runs/update", {"run_id": run, "status": "FINISHED", "end_time": int(time.time() * 1000)})
    made = call(url, "model-versions/create", {
        "name": name, "source": source, "run_id": run,
        "description": f"fine-tuned on {len(taught)} judged answers", "tags": [
            {"key": "dataset_sha256", "value": hashlib.sha256(pathlib.Path(dataset).read_bytes()).hexdigest()},
            {"key": "license", "value": "apache-2.0"}]})
    print(made["model_version"]["version"])


if __name__ == "__main__":
    main(*sys.argv[1:])
