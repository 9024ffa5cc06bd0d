#!/usr/bin/env python3
"""A real Arize Phoenix server for the tests, on loopback and free ports, with all it writes in one folder.

    phoenix_server.py install             Phoenix (PyPI), into a virtual environment in the cache
    phoenix_server.py start FOLDER        starts it; writes and prints FOLDER/phoenix.json; again on the same ports after `halt`
    phoenix_server.py halt FOLDER         stops it and leaves what it has written
    phoenix_server.py seed FOLDER COUNT   adds COUNT traces of chats to the project support-chat, the same each time
    phoenix_server.py annotations FOLDER [own]
                                   prints what was said of the spans; `own`: read by Phoenix's own client
    phoenix_server.py say FOLDER SPAN NAME LABEL IDENTIFIER
                                   somebody says something of a span
    phoenix_server.py stop FOLDER         stops it and removes the folder

The cache is $PITWALL_PEERS, or ~/.cache/pitwall-peers. Nothing is installed system-wide.
"""
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys
import time
import urllib.request

import peers
from mlflow_server import CHATS

VENV = peers.CACHE / "phoenix-venv"
PYTHON = VENV / "bin" / "python"
WHEELS = ["arize-phoenix==20.26.1"]
PROJECT = "support-chat"
QUIET = {"PHOENIX_TELEMETRY_ENABLED": "false", "PHOENIX_ALLOW_EXTERNAL_RESOURCES": "false", "DO_NOT_TRACK": "1"}
# The port for gRPC is opened on every interface, and no option says otherwise.
LOOPBACK = """
import sys
import grpc.aio
made = grpc.aio.server
def server(*words, **more):
    it = made(*words, **more)
    opened = it.add_insecure_port
    it.add_insecure_port = lambda place: opened(place.replace("[::]:", "127.0.0.1:").replace("0.0.0.0:", "127.0.0.1:"))
    return it
grpc.aio.server = server
sys.argv = ["phoenix", "serve"]
from phoenix.server.main import main
main()
"""


def install():
    peers.CACHE.mkdir(parents=True, exist_ok=True)
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", "import phoenix.server"], capture_output=True).returncode:
        peers.run(sys.executable, "-m", "venv", "--clear", str(VENV))
        peers.run(str(PYTHON), "-m", "pip", "install", "-q", "--no-compile", "--only-binary=:all:", *WHEELS)


def start(folder):
    folder.mkdir(parents=True, exist_ok=True)
    if not PYTHON.exists():
        sys.exit("Phoenix is not installed: run Tests/run, or python3 Tests/Peers/phoenix_server.py install")
    known = folder / "phoenix.json"
    ports = json.loads(known.read_text())["ports"] if known.exists() else peers.free_ports(2)
    for name in [name for name in os.environ if name.startswith("PHOENIX_")]:
        del os.environ[name]
    os.environ.update(
        QUIET, PHOENIX_HOST="127.0.0.1", PHOENIX_PORT=str(ports[0]), PHOENIX_GRPC_PORT=str(ports[1]),
        PHOENIX_WORKING_DIR=str(folder), PHOENIX_SQL_DATABASE_URL=f"sqlite:///{folder}/phoenix.db")
    process = peers.launch(folder, "phoenix", [PYTHON, "-c", LOOPBACK], cwd=folder)
    url = f"http://127.0.0.1:{ports[0]}"
    facts = {"pids": [process.pid], "phoenix": url, "ports": ports}
    known.write_text(json.dumps(facts))
    (folder / "peers.json").write_text(json.dumps(facts))
    peers.wait(folder, "phoenix", process, url + "/healthz")
    print(json.dumps(facts))


def address(folder):
    return json.loads((folder / "phoenix.json").read_text())["phoenix"]


def ask(folder, call, body=None):
    request = urllib.request.Request(
        f"{address(folder)}/v1/{call}", body and json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as reply:
        return json.load(reply)


def seed(folder, count):
    if PROJECT not in [one["name"] for one in ask(folder, "projects")["data"]]:
        ask(folder, "projects", {"name": PROJECT, "description": "chats with customers"})
    now = time.time()

    def stamp(moment):
        return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).isoformat()

    def trace(number):
        chance = random.Random(number)
        asked, said = CHATS[number % len(CHATS)]
        began = now - (count - number)
        took = chance.uniform(0.2, 2)
        ids = [f"{chance.getrandbits(64) | 1:016x}" for _ in range(2)]
        context = f"{chance.getrandbits(128):032x}"
        texts = {"input.value": f"{asked} ({number})", "output.value": said, "session.id": f"session-{number // 3}"}

        def span(at, parent, name, kind, attributes):
            return {
                "name": name, "context": {"trace_id": context, "span_id": ids[at]}, "span_kind": kind, "parent_id": parent,
                "start_time": stamp(began), "end_time": stamp(began + took), "status_code": "OK", "status_message": "",
                "attributes": attributes, "events": []}

        return [
            span(0, None, "chat", "CHAIN", texts),
            span(1, ids[0], "completion", "LLM", dict(texts, **{
                "llm.model_name": "support-chat", "llm.token_count.prompt": 20 + number % 7,
                "llm.token_count.completion": len(said.split()),
                "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": f"{asked} ({number})",
                "llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": said}))]

    spans = [span for number in range(count) for span in trace(number)]
    for first in range(0, len(spans), 100):
        ask(folder, f"projects/{PROJECT}/spans", {"data": spans[first:first + 100]})
    # They are stored after the reply.
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if len(ask(folder, f"projects/{PROJECT}/spans?limit=1000")["data"]) >= len(spans):
            print(count)
            return
        time.sleep(0.1)
    sys.exit("the spans were not stored")


def annotations(folder, own):
    if own:
        # Phoenix's own client, in its own environment.
        if pathlib.Path(sys.prefix) != VENV:
            os.execve(PYTHON, [str(PYTHON), __file__, "annotations", str(folder), "own"], {**os.environ, **QUIET})
        os.environ.update(QUIET, NO_PROXY="127.0.0.1")
        from phoenix.client import Client

        client = Client(base_url=address(folder))
        spans = [one["context"]["span_id"] for one in client.spans.get_spans(project_identifier=PROJECT, limit=1000)]
        said = client.spans.get_span_annotations(span_ids=spans, project_identifier=PROJECT, limit=1000)
    else:
        spans = [one["context"]["span_id"] for one in ask(folder, f"projects/{PROJECT}/spans?limit=1000")["data"]]
        query = "&".join(f"span_ids={span}" for span in spans)
        said = ask(folder, f"projects/{PROJECT}/span_annotations?limit=1000&{query}")["data"]
    print(json.dumps([
        {"span": one["span_id"], "name": one["name"], "kind": one["annotator_kind"], "key": one["identifier"],
         "label": one["result"].get("label"), "score": one["result"].get("score"), "why": one["result"].get("explanation"),
         "author": (one.get("metadata") or {}).get("pitwall.author")} for one in said]))


def say(folder, span, name, label, identifier):
    ask(folder, "span_annotations?sync=true", {"data": [
        {"span_id": span, "name": name, "annotator_kind": "HUMAN", "identifier": identifier, "result": {"label": label}}]})


def main():
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    words = sys.argv[2:]
    folder = pathlib.Path(words[0]).resolve() if words else pathlib.Path()
    if verb == "install" and not words:
        install()
    elif verb == "start" and len(words) == 1:
        start(folder)
    elif verb == "seed" and len(words) == 2:
        seed(folder, int(words[1]))
    elif verb == "annotations" and len(words) in (1, 2):
        annotations(folder, words[1:] == ["own"])
    elif verb == "say" and len(words) == 5:
        say(folder, *words[1:])
    elif verb == "halt" and len(words) == 1:
        peers.halt(folder)
    elif verb == "stop" and len(words) == 1:
        peers.stop(folder)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
