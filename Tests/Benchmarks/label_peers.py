#!/usr/bin/env python3
"""What orjson takes to read a file of JSON Lines, and to write it again: MB per CPU second, as JSON.

    label_peers.py FILE
"""
import gc
import json
import sys
import time

import orjson


def main():
    # As much as its objects leave room for.
    lines = open(sys.argv[1], "rb").read(150_000_000).splitlines()[:-1]
    size = sum(map(len, lines)) / 1e6
    gc.disable()
    best = {"read": 0.0, "write": 0.0}
    for _ in range(3):
        began = time.process_time()
        values = [orjson.loads(line) for line in lines]
        read = time.process_time()
        b"\n".join([orjson.dumps(value) for value in values])
        best["write"] = max(best["write"], size / (time.process_time() - read))
        best["read"] = max(best["read"], size / (read - began))
        del values
    print(json.dumps(best))


if __name__ == "__main__":
    main()
