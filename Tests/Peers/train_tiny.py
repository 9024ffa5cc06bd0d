#!/usr/bin/env python3
"""Fine-tunes a language model of words so small that it learns within seconds, with PyTorch: a recurrent network that was
taught a few sentences, the base, learns to answer as people called good.

    train_tiny.py DATASET [--epochs 200] [--lr 0.03]

DATASET is what `pitwall export labels --format sft` writes: JSON Lines with `messages`, or `prompt` and `completion`. The run
is the one that MLFLOW_TRACKING_URI and MLFLOW_RUN_ID name: each epoch's loss is logged to it, and the weights become its file
model/weights.pt. Losses are printed as well, as trainers do.
"""
import argparse
import io
import json
import os
import pathlib
import re
import time
import urllib.request

import torch

TURN, END, WIDTH = "<answer>", "<end>", 48
BASE = ["thank you for your question", "please open the page and choose it", "the answer comes by mail within a day"]


def send(url, path, body=None, method=None):
    body = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url + path, body, {"Content-Type": "application/json"}, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as reply:
        return reply.read()


def file_of(source, name):
    """The path under which the server keeps what `mlflow-artifacts:/...` names."""
    return f"/api/2.0/mlflow-artifacts/artifacts/{source.removeprefix('mlflow-artifacts:').lstrip('/')}/{name}"


def words(text):
    return re.findall(r"[\w']+|[.?!,]", text)


class Model(torch.nn.Module):
    def __init__(self, known):
        super().__init__()
        self.known = list(known)
        self.inside = torch.nn.Embedding(len(self.known), WIDTH)
        self.memory = torch.nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.outside = torch.nn.Linear(WIDTH, len(self.known))

    def forward(self, places):
        return self.outside(self.memory(self.inside(places))[0])

    def places(self, text):
        return [self.known.index(word) for word in text if word in self.known]

    def learn_words(self, new):
        """The same model with room for more words."""
        wider = Model(self.known + [word for word in new if word not in self.known])
        wider.memory.load_state_dict(self.memory.state_dict())
        count = len(self.known)
        with torch.no_grad():
            wider.inside.weight[:count] = self.inside.weight
            wider.outside.weight[:count], wider.outside.bias[:count] = self.outside.weight, self.outside.bias
        return wider

    def fit(self, texts, epochs, rate, told=lambda epoch, loss: None):
        steps = torch.optim.AdamW(self.parameters(), lr=rate)
        rows = [torch.tensor(self.places(text)) for text in texts]
        batch = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=-1)
        # What people ask is not to be learnt, only what is answered.
        learnt = batch.clone()
        for row, text in zip(learnt, texts):
            row[:text.index(TURN) + 1 if TURN in text else 0] = -1
        for epoch in range(epochs):
            said = self(batch[:, :-1].clamp(min=0))
            loss = torch.nn.functional.cross_entropy(said.transpose(1, 2), learnt[:, 1:], ignore_index=-1)
            steps.zero_grad()
            loss.backward()
            steps.step()
            told(epoch, loss.item())

    @torch.no_grad()
    def answer(self, question, most=30):
        text, said = self.places(words(question) + [TURN]), []
        while len(said) < most:
            place = int(self(torch.tensor([text]))[0, -1].argmax())
            if self.known[place] == END:
                break
            said.append(self.known[place])
            text.append(place)
        return re.sub(r" ([.?!,])", r"\1", " ".join(said))


def base():
    torch.manual_seed(7)
    model = Model([TURN, END] + sorted({word for text in BASE for word in words(text)}))
    model.fit([words(text) + [END] for text in BASE], 30, 0.01)
    return model


def examples(path):
    for line in pathlib.Path(path).read_text().splitlines():
        row = json.loads(line)
        messages = row.get("messages") or row["prompt"] + row["completion"]
        yield next(m["content"] for m in reversed(messages) if m["role"] == "user"), messages[-1]["content"]


def load(data):
    kept = torch.load(io.BytesIO(data))
    model = Model(kept["known"])
    model.load_state_dict(kept["weights"])
    return model


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("dataset")
    asked.add_argument("--epochs", type=int, default=200)
    asked.add_argument("--lr", type=float, default=0.03)
    asked = asked.parse_args()
    url, run = os.environ["MLFLOW_TRACKING_URI"], os.environ["MLFLOW_RUN_ID"]
    texts = [words(question) + [TURN] + words(answer) + [END] for question, answer in examples(asked.dataset)]
    model = base().learn_words(sorted({word for text in texts for word in text}))

    losses = []

    def told(epoch, loss):
        print(json.dumps({"loss": round(loss, 6), "epoch": epoch}), flush=True)
        losses.append({"key": "loss", "value": loss, "step": epoch, "timestamp": int(time.time() * 1000)})

    model.fit(texts, asked.epochs, asked.lr, told)
    send(url, "/api/2.0/mlflow/runs/log-batch", {"run_id": run, "metrics": losses})
    kept = io.BytesIO()
    torch.save({"known": model.known, "weights": model.state_dict()}, kept)
    info = json.loads(send(url, f"/api/2.0/mlflow/runs/get?run_id={run}"))["run"]["info"]
    send(url, file_of(info["artifact_uri"], "model/weights.pt"), kept.getvalue(), "PUT")
    send(url, "/api/2.0/mlflow/runs/update", {"run_id": run, "status": "FINISHED", "end_time": int(time.time() * 1000)})


if __name__ == "__main__":
    main()
