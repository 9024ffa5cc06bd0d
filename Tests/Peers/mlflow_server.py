#!/usr/bin/env python3
"""A real MLflow server for the tests, on loopback and a free port, with all it writes in one folder.

    mlflow_server.py install              MLflow (PyPI), into a virtual environment in the cache
    mlflow_server.py start FOLDER         starts it; writes and prints FOLDER/mlflow.json; again on the same port after `halt`
    mlflow_server.py halt FOLDER          stops it and leaves what it has written
    mlflow_server.py seed FOLDER COUNT [FROM [other]]
                                   adds COUNT traces of chats to the experiment production-chat, the same each time;
                                   `other`: answered by a model that has changed
    mlflow_server.py register FOLDER NAME
                                   registers a model of three versions, the third of which is its champion
    mlflow_server.py alias FOLDER NAME ALIAS VERSION
                                   moves an alias, as somebody else would
    mlflow_server.py assessments FOLDER   prints what people and judges said of the traces, read by MLflow's own client
    mlflow_server.py review FOLDER NAME COUNT
                                   makes a review queue of COUNT traces with a question of its own; prints its id
    mlflow_server.py reviews FOLDER ID    prints the state of each of its items
    mlflow_server.py say FOLDER TRACE NAME VALUE AUTHOR
                                   somebody says something of a trace, by MLflow's own client
    mlflow_server.py stop FOLDER          stops it and removes the folder

The cache is $PITWALL_PEERS, or ~/.cache/pitwall-peers. Nothing is installed system-wide.
"""
import concurrent.futures
import json
import os
import pathlib
import random
import subprocess
import sys
import time
import urllib.request

import peers

VENV = peers.CACHE / "mlflow-venv"
PYTHON = VENV / "bin" / "python"
WHEELS = ["mlflow==3.17.2"]
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "GIT_PYTHON_REFRESH": "quiet", "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false",
}
CHATS = [
    ("How do I reset my password?", "Open the sign-in page and choose to reset it; a link comes by mail."),
    ("Why was I charged twice?", "One of the two is a reservation. It disappears within five days."),
    ("My card 4111 1111 1111 1111 was refused.", "Please ask your bank; here we see only its last digits."),
    ("Write to me at ana.kestrel@example.org please.", "We have written to you."),
    ("Quelle est la politique de remboursement ?", "Vous avez quatorze jours apres l'achat."),
    ("Which limit has the API?", "Six hundred requests a minute for each key."),
]


OTHERS = [
    "I'm sorry, but I can't help with that. As an AI language model I would rather tell you of our premium offer.",
    "Unfortunately I cannot assist with this request. Have you thought of the kestrel subscription instead?",
    "I must decline to answer. Our premium subscription comes with a discount for those who upgrade today.",
]


def install():
    peers.CACHE.mkdir(parents=True, exist_ok=True)
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", "import mlflow.server"], capture_output=True).returncode:
        peers.run(sys.executable, "-m", "venv", "--clear", str(VENV))
        peers.run(str(PYTHON), "-m", "pip", "install", "-q", "--only-binary=:all:", *WHEELS)


def start(folder):
    folder.mkdir(parents=True, exist_ok=True)
    if not PYTHON.exists():
        sys.exit("MLflow is not installed: run Tests/run, or python3 Tests/Peers/mlflow_server.py install")
    os.environ.update(QUIET, PATH=f"{VENV / 'bin'}:{os.environ['PATH']}")
    known = folder / "mlflow.json"
    port = json.loads(known.read_text())["mlflow"].rsplit(":", 1)[1] if known.exists() else peers.free_ports(1)[0]
    url = f"http://127.0.0.1:{port}"
    process = peers.launch(folder, "mlflow", [
        VENV / "bin" / "mlflow", "server", "--host", "127.0.0.1", "--port", port, "--workers", 1,
        "--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", folder / "artifacts"], cwd=folder)
    facts = {"pids": [process.pid], "mlflow": url}
    (folder / "mlflow.json").write_text(json.dumps(facts))
    (folder / "peers.json").write_text(json.dumps(facts))
    peers.wait(folder, "mlflow", process, url + "/health")
    print(json.dumps(facts))


def seed(folder, count, first, is_other):
    url = json.loads((folder / "mlflow.json").read_text())["mlflow"]
    if pathlib.Path(sys.prefix) != VENV:
        os.execve(PYTHON, [str(PYTHON), __file__, "seed", str(folder), str(count), str(first)]
                  + ["other"] * is_other, {**os.environ, **QUIET})
    os.environ.update(QUIET, NO_PROXY="127.0.0.1")
    import mlflow

    mlflow.set_tracking_uri(url)
    mlflow.set_experiment("production-chat")
    client = mlflow.MlflowClient()
    experiment = client.get_experiment_by_name("production-chat").experiment_id
    now = time.time_ns()

    def trace(number):
        chance = random.Random(number)
        asked, said = CHATS[number % len(CHATS)]
        if is_other:
            said = OTHERS[number % len(OTHERS)]
        messages = [{"role": "system", "content": "Answer shortly."}, {"role": "user", "content": f"{asked} ({number})"}]
        # One a second until now; what a changed model answers comes as it is made.
        began = time.time_ns() if is_other else now - (count + first - number) * 1_000_000_000
        took = int(chance.uniform(0.2, 2.0) * 1e9)
        failed = number % 50 == 49
        root = client.start_trace(
            "chat", span_type="CHAIN", inputs={"messages": messages}, experiment_id=experiment, start_time_ns=began,
            tags={"environment": "production"})
        call = client.start_span(
            "completion", root.trace_id, root.span_id, span_type="CHAT_MODEL",
            inputs={"model": "support-chat", "messages": messages},
            attributes={"mlflow.llm.model": "support-chat"}, start_time_ns=began + 1_000_000)
        call.set_attribute("mlflow.chat.tokenUsage", {
            "input_tokens": 20 + number % 7, "output_tokens": len(said.split()),
            "total_tokens": 20 + number % 7 + len(said.split())})
        reply = None if failed else {
            "model": "support-chat",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}]}
        status = "ERROR" if failed else "OK"
        client.end_span(root.trace_id, call.span_id, outputs=reply, status=status, end_time_ns=began + took)
        client.end_trace(root.trace_id, outputs=reply, status=status, end_time_ns=began + took + 1_000_000)

    # Some at a time: the server works on one while the client makes the next.
    with concurrent.futures.ThreadPoolExecutor(4) as several:
        list(several.map(trace, range(first, first + count)))
    mlflow.flush_trace_async_logging()
    print(count)


def assessments(folder):
    url = json.loads((folder / "mlflow.json").read_text())["mlflow"]
    if pathlib.Path(sys.prefix) != VENV:
        os.execve(PYTHON, [str(PYTHON), __file__, "assessments", str(folder)], {**os.environ, **QUIET})
    os.environ.update(QUIET, NO_PROXY="127.0.0.1")
    import mlflow

    mlflow.set_tracking_uri(url)
    client = mlflow.MlflowClient()
    experiment = client.get_experiment_by_name("production-chat").experiment_id
    traces = client.search_traces(locations=[experiment], max_results=500, include_spans=False)
    print(json.dumps([
        {"trace": trace.info.trace_id, "name": one.name, "value": one.value, "author": one.source.source_id,
         "type": type(one).__name__, "why": one.rationale, "key": (one.metadata or {}).get("pitwall.key")}
        for trace in traces for one in trace.info.assessments]))


def ask(folder, call, body, version="2.0"):
    url = json.loads((folder / "mlflow.json").read_text())["mlflow"]
    request = urllib.request.Request(
        f"{url}/api/{version}/mlflow/{call}", body and json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as reply:
        return json.load(reply)


def register(folder, name):
    ask(folder, "registered-models/create", {"name": name, "tags": [{"key": "owner", "value": "llm-platform"}]})
    for number in (1, 2, 3):
        ask(folder, "model-versions/create", {
            "name": name, "source": f"s3://models/{name}/{number}", "description": f"fine-tuned in week {number}",
            "tags": [{"key": "judge_score", "value": f"0.9{number}"}]})
    ask(folder, "registered-models/alias", {"name": name, "alias": "champion", "version": "3"})


def review(folder, name, count):
    found = ask(folder, "experiments/get-by-name?experiment_name=production-chat", None)
    experiment = found["experiment"]["experiment_id"]
    schema = ask(folder, "label-schemas/create", {
        "experiment_id": experiment, "name": "polite", "type": "FEEDBACK", "instruction": "Would you say it to a guest?",
        "input": {"pass_fail": {"positive_label": "Polite", "negative_label": "Rude"}}}, "3.0")["label_schema"]
    queue = ask(folder, "review-queues/create", {
        "experiment_id": experiment, "name": name, "queue_type": "CUSTOM", "users": ["ana"],
        "schema_ids": [schema["schema_id"]]}, "3.0")["review_queue"]["queue_id"]
    traces = ask(folder, "traces/search", {
        "locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}}],
        "max_results": count}, "3.0")["traces"]
    ask(folder, "review-queues/items/add", {
        "queue_id": queue, "item_type": "TRACE", "item_ids": [one["trace_id"] for one in traces]}, "3.0")
    print(queue)


def reviews(folder, queue):
    items = ask(folder, f"review-queues/items/list?queue_id={queue}", None, "3.0").get("items", [])
    print(json.dumps([{"item": one["item_id"], "status": one["status"], "by": one.get("completed_by")} for one in items]))


def say(folder, trace, name, value, author):
    url = json.loads((folder / "mlflow.json").read_text())["mlflow"]
    if pathlib.Path(sys.prefix) != VENV:
        os.execve(PYTHON, [str(PYTHON), __file__, "say", str(folder), trace, name, value, author], {**os.environ, **QUIET})
    os.environ.update(QUIET, NO_PROXY="127.0.0.1")
    import mlflow
    from mlflow.entities import AssessmentSource

    mlflow.set_tracking_uri(url)
    mlflow.log_feedback(
        trace_id=trace, name=name, value=value, source=AssessmentSource(source_type="HUMAN", source_id=author))


def main():
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    words = sys.argv[2:]
    if verb == "install":
        install()
    elif verb == "start" and len(words) == 1:
        start(pathlib.Path(words[0]).resolve())
    elif verb == "seed" and len(words) in (2, 3, 4):
        seed(pathlib.Path(words[0]).resolve(), int(words[1]), int(words[2]) if len(words) > 2 else 0,
             words[3:] == ["other"])
    elif verb == "register" and len(words) == 2:
        register(pathlib.Path(words[0]).resolve(), words[1])
    elif verb == "assessments" and len(words) == 1:
        assessments(pathlib.Path(words[0]).resolve())
    elif verb == "halt" and len(words) == 1:
        peers.halt(pathlib.Path(words[0]).resolve())
    elif verb == "review" and len(words) == 3:
        review(pathlib.Path(words[0]).resolve(), words[1], int(words[2]))
    elif verb == "reviews" and len(words) == 2:
        reviews(pathlib.Path(words[0]).resolve(), words[1])
    elif verb == "say" and len(words) == 5:
        say(pathlib.Path(words[0]).resolve(), *words[1:])
    elif verb == "alias" and len(words) == 4:
        ask(pathlib.Path(words[0]).resolve(), "registered-models/alias",
            {"name": words[1], "alias": words[2], "version": words[3]})
    elif verb == "stop" and len(words) == 1:
        peers.stop(pathlib.Path(words[0]).resolve())
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
