#!/usr/bin/env python3
"""Runs llama.cpp's own HTTP server, which the PyPI wheel xllamacpp holds, until it is told to stop.

    serve_model.py MODEL.gguf PORT
"""
import signal
import sys
import threading

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.model_alias = {"tiny-random"}
params.hostnames = ["127.0.0.1"]
params.port = int(sys.argv[2])
params.n_ctx = 2048
params.n_parallel = 2
params.cpuparams.n_threads = 1
params.cpuparams_batch.n_threads = 1
params.endpoint_metrics = True
params.use_jinja = True
params.offline = True

server = xllamacpp.Server(params)
done = threading.Event()
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: done.set())
while not done.wait(0.5):
    pass
del server
