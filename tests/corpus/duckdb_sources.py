#!/usr/bin/env python3
"""Runs every source of tests/corpus/evaluated/*/expected.tsv that reads `DuckDB: select …` over the folder's files and
compares the answer with the value beside it. `--fill` writes the answer where the value is `?`.

Needs the Python package duckdb: pip install duckdb
"""
import glob
import json
import os
import sys

import duckdb


def same(a, b):
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return abs(a - b) <= 1e-9 * max(abs(b), 1e-300 if b else 1)
    return a == b


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    fill = "--fill" in sys.argv
    names = [a for a in sys.argv[1:] if not a.startswith("-")]
    wrong = ran = 0
    for path in sorted(glob.glob(os.path.join(here, "evaluated", "*", "expected.tsv"))):
        folder = os.path.dirname(path)
        if names and os.path.basename(folder) not in names:
            continue
        os.chdir(folder)
        out = []
        for number, line in enumerate(open(path, encoding="utf-8"), 1):
            cells = line.rstrip("\n").split("\t")
            if len(cells) == 4 and cells[3].lower().startswith("duckdb: "):
                ran += 1
                found = duckdb.execute(cells[3][len("duckdb: "):]).fetchone()[0]
                found = float(found) if found is not None and not isinstance(found, (str, bool)) else found
                if cells[2] == "?" and fill:
                    cells[2] = json.dumps(int(found) if isinstance(found, float) and found.is_integer() else found)
                elif not same(found, json.loads(cells[2])):
                    wrong += 1
                    print(f"{path}:{number}: {cells[1]} is {cells[2]}, DuckDB says {found}")
            out.append("\t".join(cells))
        if fill:
            open(path, "w", encoding="utf-8").write("\n".join(out) + "\n")
    print(f"{ran} sources run, {wrong} disagree")
    sys.exit(1 if wrong else 0)


main()
