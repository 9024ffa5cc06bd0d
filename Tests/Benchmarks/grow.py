#!/usr/bin/env python3
"""Makes a cache.db as large as one of a long life: blocks of samples are copied under the names of other sources.

    grow.py CACHE BYTES
"""
import os
import sqlite3
import sys

path, wanted = sys.argv[1], int(sys.argv[2])
db = sqlite3.connect(path)
db.execute("PRAGMA synchronous = OFF")
columns = [row[1] for row in db.execute("PRAGMA table_info(block)") if row[1] not in ("id", "source")]
names = ", ".join(columns)
count = db.execute("SELECT COUNT(*), MAX(id) FROM source").fetchone()[1]
turn = 0
while os.path.getsize(path) < wanted:
    turn += 1
    db.execute("INSERT INTO source (name) VALUES (?)", (f"gone-{turn}",))
    source = db.execute("SELECT MAX(id) FROM source").fetchone()[0]
    db.execute(f"INSERT INTO block (source, {names}) SELECT {source}, {names} FROM block WHERE source <= {count}")
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
db.close()
print(os.path.getsize(path))
