#!/usr/bin/env python3
"""An OpenAI-compatible server for the tests of evaluations, on a port of its own, written to FILE. It answers a question
with what it was taught, and can be told to be unwell.

    chat_server.py FILE MODE...

MODE: upper      answers in capitals what is asked (without it: as it is asked)
      limit=N    every Nth request is told 429, with Retry-After
      die=N      ends itself, in the middle of a reply, at the Nth question
      slow=TEXT  never answers a question that holds TEXT
      follow=URL answers as the version of support-chat does that the alias champion points to in the MLflow at URL, or the
                 one that is asked for as support-chat@N, where that was made by train_tiny.py
"""
import json
import os
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

modes = dict(word.partition("=")[::2] for word in sys.argv[2:])
lock = threading.Lock()
counts = {"requests": 0, "questions": 0, "open": 0, "most": 0}


learnt = {}


def versions():
    import train_tiny

    query = urllib.parse.quote("name='support-chat'")
    found = json.loads(train_tiny.send(modes["follow"], "/api/2.0/mlflow/model-versions/search?filter=" + query))
    return [f"support-chat@{one['version']}" for one in found.get("model_versions", [])]


def followed(name, question):
    """What a version says; nothing where it was not made here."""
    import train_tiny

    url, number = modes["follow"], name.partition("@")[2]
    call = f"model-versions/get?name=support-chat&version={number}" if number else (
        "registered-models/alias?name=support-chat&alias=champion")
    source = json.loads(train_tiny.send(url, "/api/2.0/mlflow/" + call))["model_version"]["source"]
    if not source.startswith("mlflow-artifacts:"):
        return None
    with lock:
        if source not in learnt:
            learnt[source] = train_tiny.load(train_tiny.send(url, train_tiny.file_of(source, "weights.pt")))
        return learnt[source].answer(question)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, value, **headers):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/v1/models":
            served = ["tiny"] + (versions() if "follow" in modes else [])
            return self.reply(200, {"object": "list", "data": [
                {"id": name, "object": "model", "owned_by": "vllm"} for name in served]})
        if self.path == "/counts":
            return self.reply(200, counts)
        self.reply(404, {"detail": "Not Found"})

    def do_POST(self):
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = question["messages"][-1]["content"]
        with lock:
            counts["requests"] += 1
            number = counts["requests"]
            if "limit" in modes and number % int(modes["limit"]) == 0:
                return self.reply(429, {"error": {"message": "slow down"}}, Retry_After="0.05")
            counts["questions"] += 1
            if "die" in modes and counts["questions"] >= int(modes["die"]):
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
                self.wfile.flush()
                os._exit(1)
            counts["open"] += 1
            counts["most"] = max(counts["most"], counts["open"])
        try:
            if "slow" in modes and modes["slow"] in text:
                threading.Event().wait()
            if "refuse" in text:
                return self.reply(400, {"error": {"message": "too long", "type": "BadRequestError"}})
            answer = (followed(question["model"], text) if "follow" in modes else None) or (text.upper() if "upper" in modes else text)
            self.reply(200, {"id": "c", "object": "chat.completion", "model": question["model"], "choices": [
                {"index": 0, "message": {"role": "assistant", "content": answer}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}})
        finally:
            with lock:
                counts["open"] -= 1


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
with open(sys.argv[1] + ".new", "w") as file:
    file.write(str(server.server_port))
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
