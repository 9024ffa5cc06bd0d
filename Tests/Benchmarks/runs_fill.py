#!/usr/bin/env python3
"""Fills a tracking server of Tests/Peers/mlflow_server.py with runs, straight into its database.

    runs_fill.py FOLDER RUNS POINTS       an experiment `sweep`, a loss of so many points each; writes FOLDER/runs.txt

The same each time. Through the API a million points would take an hour.
"""
import json
import math
import pathlib
import random
import sqlite3
import sys
import time
import urllib.request


def main():
    folder, runs, points = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    url = json.loads((folder / "mlflow.json").read_text())["mlflow"]
    request = urllib.request.Request(
        f"{url}/api/2.0/mlflow/experiments/create", b'{"name": "sweep"}', {"Content-Type": "application/json"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as reply:
        experiment = json.load(reply)["experiment_id"]
    chance = random.Random(7)
    names = [f"{chance.getrandbits(128):032x}" for _ in range(runs)]
    now = int(time.time() * 1000)

    def begin(number):
        return now - (runs - number) * 60_000 - points * 1000

    def losses():
        for number, run in enumerate(names):
            own = random.Random(number)
            floor, pace = own.uniform(0.3, 0.9), own.uniform(80, 300)
            for step in range(points):
                loss = floor + 2 * math.exp(-step / pace) + own.gauss(0, 0.02)
                yield "train/loss", loss, begin(number) + step * 1000, run, step, 0

    database = sqlite3.connect(folder / "mlflow.db")
    database.executemany(
        "INSERT INTO runs (run_uuid, name, source_type, user_id, status, start_time, end_time, lifecycle_stage, "
        "artifact_uri, experiment_id) VALUES (?, ?, 'LOCAL', 'ana', 'FINISHED', ?, ?, 'active', ?, ?)",
        ((run, f"trial-{number:04}", begin(number), begin(number) + points * 1000,
          f"mlflow-artifacts:/{experiment}/{run}/artifacts", int(experiment)) for number, run in enumerate(names)))
    database.executemany(
        "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, ?)", losses())
    database.execute(
        "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) "
        "SELECT key, value, timestamp, step, is_nan, run_uuid FROM metrics WHERE step = ?", (points - 1,))
    database.executemany(
        "INSERT INTO params (key, value, run_uuid) VALUES ('learning_rate', ?, ?)",
        ((str(10 ** -random.Random(number).uniform(2, 5)), run) for number, run in enumerate(names)))
    database.commit()
    (folder / "runs.txt").write_text("\n".join(sorted(names)) + "\n")


if __name__ == "__main__":
    main()
