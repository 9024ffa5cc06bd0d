#!/usr/bin/env python3
"""What reads exported datasets: Hugging Face's `datasets`, InstructLab's schema, TRL's functions for data (PyPI).

    dataset_readers.py install     into MLflow's virtual environment, which has what is large of it (pyarrow, pandas)

TRL comes without what it trains with: its `data_utils` needs none of that.
"""
import subprocess
import sys

import mlflow_server
import peers

WHEELS = ["datasets==5.2.0", "instructlab-schema==0.4.2"]
ALONE = ["trl==1.16.0"]


def install():
    mlflow_server.install()
    wanted = "import datasets, instructlab.schema, importlib.metadata as m; m.version('trl')"
    if subprocess.run([mlflow_server.PYTHON, "-c", wanted], capture_output=True).returncode:
        pip = [str(mlflow_server.PYTHON), "-m", "pip", "install", "-q", "--only-binary=:all:"]
        peers.run(*pip, *WHEELS)
        peers.run(*pip, "--no-deps", *ALONE)


if __name__ == "__main__":
    if sys.argv[1:] != ["install"]:
        sys.exit(__doc__)
    install()
