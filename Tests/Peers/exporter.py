#!/usr/bin/env python3
"""A stand-in for one vLLM server's /metrics: its names, labels and buckets, and a small simulation behind them.

    exporter.py PORT MODEL

GET /metrics, /health, /version, /v1/models. POST /-/mode?name=normal|slow|long|down changes how it does: `long` is prompts
four times as long; while it is `down`, /metrics and /health answer 503. Standard library only.
"""
import http.server
import json
import math
import random
import sys
import threading
import time
import urllib.parse

TTFT = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560]
ITL = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80]
WHOLE = [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680]
TOKENS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000]


class Histogram:
    def __init__(self, edges):
        self.edges, self.counts, self.sum = edges, [0] * (len(edges) + 1), 0.0

    def observe(self, value):
        index = next((i for i, edge in enumerate(self.edges) if value <= edge), len(self.edges))
        self.counts[index] += 1
        self.sum += value


class Server:
    def __init__(self, model):
        self.model, self.mode, self.lock = model, "normal", threading.Lock()
        self.random = random.Random(7)
        self.queue, self.cache = 0.0, 0.4
        self.counters = dict.fromkeys(
            ["num_preemptions", "prompt_tokens", "generation_tokens", "prefix_cache_queries", "prefix_cache_hits"], 0)
        self.finished = dict.fromkeys(["abort", "error", "length", "stop"], 0)
        self.histograms = {
            "time_to_first_token_seconds": Histogram(TTFT),
            "inter_token_latency_seconds": Histogram(ITL),
            "e2e_request_latency_seconds": Histogram(WHOLE),
            "request_queue_time_seconds": Histogram(WHOLE),
            "request_prefill_time_seconds": Histogram(WHOLE),
            "request_prompt_tokens": Histogram(TOKENS),
            "request_generation_tokens": Histogram(TOKENS),
        }

    def live(self):
        while True:
            time.sleep(0.1)
            with self.lock:
                if self.mode != "down":
                    self.step()

    def step(self):
        slow = self.mode == "slow"
        self.queue += 0.1 * ((40 if slow else 0) - self.queue)
        self.cache += 0.1 * ((0.97 if slow else 0.4) - self.cache)
        self.counters["num_preemptions"] += 1 if slow and self.random.random() < 0.2 else 0
        # A hundred and twenty a second: enough for a window of five seconds to be judged.
        for _ in range(self.random.choice([10, 12, 14])):
            typical = 1600 if self.mode == "long" else 400
            prompt, words = int(self.log_normal(typical, 0.5)) + 1, int(self.log_normal(120, 0.5)) + 1
            waited = self.log_normal(3, 0.3) if slow else 0.0
            prefill, gap = self.log_normal(0.12, 0.3), self.log_normal(0.02, 0.2)
            self.finished["stop" if self.random.random() < 0.9 else "length"] += 1
            self.counters["prompt_tokens"] += prompt
            self.counters["generation_tokens"] += words
            self.counters["prefix_cache_queries"] += prompt
            self.counters["prefix_cache_hits"] += prompt // 2
            for name, value in [
                ("time_to_first_token_seconds", waited + prefill), ("inter_token_latency_seconds", gap),
                ("e2e_request_latency_seconds", waited + prefill + gap * words), ("request_queue_time_seconds", waited),
                ("request_prefill_time_seconds", prefill), ("request_prompt_tokens", prompt),
                ("request_generation_tokens", words),
            ]:
                self.histograms[name].observe(value)

    def log_normal(self, median, spread):
        return median * math.exp(self.random.gauss(0, spread))

    def page(self):
        with self.lock:
            labels = f'engine="0",model_name="{self.model}"'
            lines = []

            def put(name, kind, rows):
                lines.append(f"# HELP vllm:{name} {name.replace('_', ' ')}")
                lines.append(f"# TYPE vllm:{name} {kind}")
                lines.extend(f"vllm:{part}{{{labels}{more}}} {float(value)!r}" for part, more, value in rows)

            put("num_requests_running", "gauge", [("num_requests_running", "", 8)])
            put("num_requests_waiting", "gauge", [("num_requests_waiting", "", round(self.queue))])
            put("kv_cache_usage_perc", "gauge", [("kv_cache_usage_perc", "", self.cache)])
            for name, value in self.counters.items():
                put(f"{name}_total", "counter", [(f"{name}_total", "", value)])
            put("request_success_total", "counter",
                [("request_success_total", f',finished_reason="{reason}"', n) for reason, n in self.finished.items()])
            for name, histogram in self.histograms.items():
                rows, total = [], 0
                for edge, count in zip(histogram.edges + [math.inf], histogram.counts):
                    total += count
                    text = "+Inf" if edge == math.inf else repr(float(edge))
                    rows.append((f"{name}_bucket", f',le="{text}"', total))
                put(name, "histogram", rows + [(f"{name}_count", "", total), (f"{name}_sum", "", histogram.sum)])
            return "\n".join(lines) + "\n"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, kind="application/json"):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        model = self.server.model
        if model.mode == "down":
            self.answer(503, "down", "text/plain")
        elif self.path == "/metrics":
            self.answer(200, model.page(), "text/plain; version=0.0.4; charset=utf-8")
        elif self.path == "/health":
            self.answer(200, "")
        elif self.path == "/version":
            self.answer(200, json.dumps({"version": "0.33.0"}))
        elif self.path == "/v1/models":
            card = {"id": model.model, "object": "model", "created": 0, "owned_by": "vllm"}
            self.answer(200, json.dumps({"object": "list", "data": [card]}))
        else:
            self.answer(404, '{"detail":"Not Found"}')

    def do_POST(self):
        query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.model.mode = query.get("name", ["normal"])[0]
        self.answer(200, json.dumps({"mode": self.server.model.mode}))

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    server.model = Server(sys.argv[2])
    threading.Thread(target=server.model.live, daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
