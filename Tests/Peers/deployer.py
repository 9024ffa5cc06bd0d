#!/usr/bin/env python3
"""A home-made deployer that speaks pitwall's contract: one question as JSON on standard input, one answer as JSON on
standard output. What is deployed stands in a file; a real one would run Ansible, or move a symbolic link.

    deployer.py FILE            answers the question
    deployer.py FILE --new      begins with one deployment of three releases

In a configuration:  {name: deploys, kind: deployer, command: [deployer.py, /var/lib/deploys.json]}
"""
import fcntl
import json
import os
import sys


def release(number):
    return {"id": f"r{number}", "created_at": f"2026-11-{10 + number}T09:00:00Z", "author": "ana", "cause": f"model {number}",
            "artifacts": [{"kind": "model", "value": f"models:/chat/{number}"},
                          {"kind": "argument", "name": "--max-model-len", "value": str(4096 * number)}]}


def deployment(state):
    return {"namespace": "prod", "name": "chat", "uid": "chat-1", "generation": state["generation"],
            "revision": state["now"], "artifacts": next(r for r in state["releases"] if r["id"] == state["now"])["artifacts"],
            "replicas": {"wanted": 2, "updated": 2, "ready": 2}, "status": "complete", "verbs": ["rollback", "promote"]}


def answer(question, state):
    ask = question["ask"]
    if ask == "list":
        return {"deployer": "home-made", "version": "1", "deployments": [deployment(state)]}
    if question.get("name") != "chat":
        return {"error": f"no deployment {question.get('name')}"}
    if ask == "revisions":
        return {"revisions": [{**each, "current": each["id"] == state["now"]} for each in reversed(state["releases"])]}
    if ask == "apply":
        if question["id"] in state["done"]:
            return {"accepted": "that was done already"}
        if question["if"].get("generation") != state["generation"]:
            return {"refused": f"generation is {state['generation']}"}
        state["now"] = question["to"]
        state["generation"] += 1
        state["done"].append(question["id"])
        return {"accepted": f"{question['to']} goes out"}
    if ask == "trace":
        return {"trace": "done" if question["id"] in state["done"] else "not_done", "words": "by its own list"}
    return {"unsupported": True}


def main():
    path = sys.argv[1]
    if sys.argv[2:] == ["--new"]:
        state = {"generation": 3, "now": "r3", "done": [], "releases": [release(number) for number in (1, 2, 3)]}
        with open(path, "w") as file:
            json.dump(state, file)
        return
    # One question at a time: two that change it would overwrite each other.
    with open(path, "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        state = json.load(file)
        reply = answer(json.load(sys.stdin), state)
        file.seek(0)
        json.dump(state, file)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
    json.dump(reply, sys.stdout)


if __name__ == "__main__":
    main()
