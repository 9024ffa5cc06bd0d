#!/usr/bin/env python3
"""Reads exported datasets as those who use them do, and says of each what is wrong.

    dataset_check.py FOLDER...       one line a folder; exits with 1 when something is wrong

Every table is loaded by Hugging Face's `datasets`. dpo, kto and sft go through TRL's own functions (`data_utils`, loaded by
itself: it needs no torch), qna.yaml through InstructLab's parser with its schema and yamllint. What OpenAI and Label Studio
take is checked by rules written here. Needs what Tests/Peers/dataset_readers.py installs.
"""
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import pathlib
import sys
import tempfile
import types

ROOM = tempfile.TemporaryDirectory()
os.environ.update(HF_HOME=ROOM.name, HF_HUB_OFFLINE="1", HF_DATASETS_DISABLE_PROGRESS_BARS="1")
os.environ["PATH"] = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"


def trl():
    """TRL's `data_utils`. Of transformers it names two types, which no function here is given."""
    stub = types.ModuleType("transformers")
    stub.PreTrainedTokenizerBase = stub.ProcessorMixin = object
    sys.modules.setdefault("transformers", stub)
    path = importlib.metadata.distribution("trl").locate_file("trl/data_utils.py")
    spec = importlib.util.spec_from_file_location("trl_data_utils", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def want(holds, words):
    if not holds:
        raise AssertionError(words)


def answer(messages):
    want(len(messages) == 1 and messages[0]["role"] == "assistant" and messages[0]["content"], "not one answer")


def preference(table, rules):
    want(set(table.column_names) == {"prompt", "chosen", "rejected"}, f"columns {table.column_names}")
    for row in table:
        want(rules.is_conversational(row), "TRL does not take it for a conversation")
        answer(row["chosen"]), answer(row["rejected"])
        whole = {key: row["prompt"] + row[key] for key in ("chosen", "rejected")}
        want(rules.extract_prompt(whole) == row, "TRL finds another prompt")
    pairs = rules.unpair_preference_dataset(table)
    want(len(pairs) == 2 * len(table) and sum(pairs["label"]) == len(table), "TRL does not unpair it")


def unpaired(table, rules):
    want(set(table.column_names) == {"prompt", "completion", "label"}, f"columns {table.column_names}")
    want(table.features["label"].dtype == "bool", "a label that is no boolean")
    for row in table:
        want(rules.is_conversational(row), "TRL does not take it for a conversation")
        answer(row["completion"])


def supervised(table, rules):
    for row in table:
        want(rules.is_conversational(row), "TRL does not take it for a conversation")
        if "messages" in row:
            want(row["messages"][-1]["role"] == "assistant", "a conversation without an answer")
        else:
            answer(row["completion"])


def openai(table, rules):
    for row in table:
        turns = row["messages"] if "messages" in row else row["input"]["messages"]
        for turn in turns:
            want(set(turn) == {"role", "content"} and turn["content"] is not None, f"a message with {sorted(turn)}")
            want(turn["role"] in ("system", "developer", "user", "assistant"), f"role {turn['role']}")
        if "messages" in row:
            want(turns[-1]["role"] == "assistant", "the last message is no answer")
        else:
            want(turns[-1]["role"] != "assistant", "the last input is an answer")
            answer(row["preferred_output"]), answer(row["non_preferred_output"])


VALUES = {"choices": "choices", "rating": "rating", "number": "number", "textarea": "text", "labels": "labels",
          "pairwise": "selected", "ranker": "ranker"}


def label_studio(table, rules):
    for row in table:
        want(row["data"]["response"] is not None and row["annotations"], "a task without a response or an annotation")
        for result in (result for annotation in row["annotations"] for result in annotation["result"]):
            value = {key: value for key, value in result["value"].items() if value is not None}
            want(result["from_name"] and result["to_name"] and VALUES[result["type"]] in value, f"a result {result}")
            if result["type"] == "labels":
                units = row["data"]["response"].encode("utf-16-le")
                text = units[2 * value["start"]:2 * value["end"]].decode("utf-16-le")
                want(text == value["text"], f"{text!r} is not {value['text']!r}")


def anything(table, rules):
    want(len(table) > 0, "no rows")


RULES = {"dpo": preference, "kto": unpaired, "sft": supervised, "openai": openai, "labelstudio": label_studio, "csv": anything}


def tables(folder, manifest, rules):
    import datasets
    rows, sides = 0, {}
    for config in datasets.get_dataset_config_names(str(folder)):
        for split, table in datasets.load_dataset(str(folder), config).items():
            RULES[manifest["format"]](table, rules)
            rows += len(table)
            for row in table if manifest["format"] in ("dpo", "kto") else []:
                first = next(turn["content"] for turn in row["prompt"] if turn["role"] == "user")
                want(sides.setdefault(first, split) == split, f"a conversation in {split} and in {sides[first]}")
    want(rows == manifest["rows"], f"{rows} rows, the manifest says {manifest['rows']}")
    return rows


def taxonomy(folder, manifest):
    from instructlab.schema.taxonomy import TaxonomyParser
    found = sorted(folder.rglob("qna.yaml"))
    want(found, "no qna.yaml")
    for path in found:
        want((path.parent / "attribution.txt").exists(), "no attribution.txt")
        parsed = TaxonomyParser(schema_version=3, yamllint_strict=True, message_format="STANDARD").parse(path)
        want(parsed.errors + parsed.warnings == 0, f"{parsed.errors} errors, {parsed.warnings} warnings")
    return len(found)


def check(folder, rules):
    manifest = json.loads((folder / "manifest.json").read_text())
    for file in manifest["files"]:
        data = (folder / file["path"]).read_bytes()
        want(len(data) == file["bytes"] and hashlib.sha256(data).hexdigest() == file["sha256"], f"{file['path']} differs")
    return taxonomy(folder, manifest) if manifest["format"] == "instructlab" else tables(folder, manifest, rules)


def main():
    rules, failed = trl(), False
    for name in sys.argv[1:]:
        try:
            print(f"{name}: {check(pathlib.Path(name), rules)} rows well")
        except Exception as error:
            failed = True
            print(f"{name}: {type(error).__name__} {error}")
    sys.exit(failed or len(sys.argv) < 2)


if __name__ == "__main__":
    main()
