#!/usr/bin/env python3
"""Every command of trailview on a file of which each text means harm: markup, escapes of a
terminal, bidirectional characters, formulas, lines, bytes that are not UTF-8. All that comes out is
inert.

    inert.py TRAILVIEW MAKE_FIXTURE FIXTURES

The commands are those that trailview itself lists, in each format that they take; what a command is
given stands in ARGUMENTS. Works in the current folder.
"""
import glob
import json
import os
import re
import sqlite3
import subprocess
import sys

TRAILVIEW, MAKE_FIXTURE, FIXTURES = sys.argv[1:4]
HARM = ("=1+1</script><script>alert(1)</script>\"'&\x1b[2J\x1b]0;t\x07\x9b31m\n\r\x7f\0"
        "\u202egpj\u2066\u2069\u200b").encode() + b"\xff\xc3"
# words of the format, by which things are found or told apart, and JSON
KEPT = {"state", "uuid", "mode", "end_reason", "counts", "holds", "frames"}
TWO = [["1"], ["1", "2"], ["@set=a", "@set=b"]]
ARGUMENTS = {
    "runs": [[]], "loads": [["1"], ["--failed", "1"]], "why": [["*", "1"]], "stack": [["11", "1"]],
    "timeline": TWO[:2] + [["--svg", "-", *runs] for runs in TWO[:2]], "diff": TWO[1:],
    "stats": TWO, "history": [["--by", "set"]], "report": [["-o", "-", *runs] for runs in TWO],
    "baseline": [["1"]], "check": [["harm.rules", "1"]], "sql": [["SELECT * FROM events"]],
    "export": [["--format", "perfetto"], ["--format", "folded"]] + [
        ["--format", "csv --safe", "--view", view] for view in ("loads", "output")] + [
        ["--format", "ndjson", "--view", view] for view in
        ("events", "runs", "loads", "bounds", "failed_loads", "processes", "threads", "exceptions",
         "output", "stacks", "looks", "variables", "marks", "modules", "imports", "places")],
    "prune": [["--keep", "0", "--dry-run"]], "label": [["--dry-run"]], "verify": [[]], "info": [[]]}
LEFT_OUT = {"help", "recover", "merge", "label", "push", "pull", "fleet"}
FORMATS = ("table", "json", "csv --safe", "markdown", "html")
HAS_FORMATS_OF_ITS_OWN = {"export", "baseline", "report"}
UNSAFE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
failures, shown = [], set()


def run(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def make():
    """The fixtures with two runs, of which all texts become that."""
    for path in glob.glob("harm.db*"):
        os.remove(path)
    assert run(MAKE_FIXTURE, "harm.db", os.path.join(FIXTURES, "full.sql")).returncode == 0
    with sqlite3.connect("harm.db") as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'"
                                               " AND name NOT IN ('kind', 'code', 'label')")]
        columns = [(table, [row[1] for row in db.execute(f"PRAGMA table_info({table})")], [
            row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[2] == "TEXT"])
            for table in tables if not table.startswith("sqlite")]
        for table, names, _ in columns:
            if "run_id" in names:
                others = ", ".join(name for name in names if name != "run_id")
                db.execute(f"DELETE FROM {table} WHERE run_id > 1")
                db.execute(f"INSERT INTO {table} (run_id, {others}) SELECT 2, {others} "
                           f"FROM {table}")
        db.execute("DELETE FROM label")
        db.execute("DELETE FROM run WHERE id > 1")
        others = ", ".join(name for name in dict((t, n) for t, n, _ in columns)["run"]
                           if name not in ("id", "uuid"))
        db.execute(f"INSERT INTO run (id, uuid, {others}) SELECT 2, 'u2', {others} FROM run")
        for table, names, texts in columns:
            for name in texts:
                if name not in KEPT:
                    # what is the key of a row stays apart
                    own = "id" if "id" in names and table != "run" else \
                        "rowid" if table == "module" else "name" if table == "environment" else "''"
                    db.execute(f"UPDATE {table} SET {name} = CAST(? || {own} AS TEXT) "
                               f"WHERE {name} IS NOT NULL", (HARM,))
        db.execute("INSERT INTO label VALUES (1, 'set', 'a'), (2, 'set', 'b')")
        db.execute("INSERT INTO label SELECT id, CAST(? AS TEXT), CAST(? AS TEXT) FROM run",
                   (HARM, HARM))


def look(command, arguments):
    done = run(TRAILVIEW, "-d", "harm.db", command, *arguments)
    what = f"{command} {' '.join(arguments)}"
    for stream, data in (("stdout", done.stdout), ("stderr", done.stderr)):
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            failures.append(f"{what}: {stream} is not UTF-8: {error}")
            continue
        if "csv" in arguments: # a cell may have lines
            text = text.replace("\r\n", "\n")
        found = UNSAFE.search(text)
        if found:
            failures.append(f"{what}: {stream} has {text[max(0, found.start() - 40):][:80]!r}")
        is_markup = "html" in arguments or "--svg" in arguments or command == "report"
        if "<script>alert" in text and is_markup:
            failures.append(f"{what}: {stream} has markup")
        if "--safe" in arguments and re.search(r'(^|,)"?=1', text, re.MULTILINE):
            failures.append(f"{what}: {stream} has a formula")
    if b"alert(1)" in done.stdout:
        shown.add(command)
    if done.returncode not in (0, 1):
        failures.append(f"{what}: {done.returncode}: {done.stderr[:200]!r}")
    elif "ndjson" in arguments:
        for line in done.stdout.decode(errors="replace").splitlines():
            json.loads(line)
    elif "json" in arguments or "perfetto" in arguments:
        json.loads(done.stdout.decode(errors="replace"))


def main():
    make()
    with open("harm.rules", "wb") as rules:
        rules.write(run(TRAILVIEW, "-d", "harm.db", "baseline", "1").stdout)
    commands = re.findall(r"^  ([a-z]+) {2,}", run(TRAILVIEW, "help").stdout.decode().split(
        "ommands:\n")[1], re.MULTILINE)
    tried = 0
    for command in commands:
        for arguments in ARGUMENTS.get(command, [["1"]]) if command not in LEFT_OUT else []:
            formats = FORMATS if command not in HAS_FORMATS_OF_ITS_OWN and \
                "--svg" not in arguments else [None]
            for kind in formats:
                words = " ".join(arguments).split(" ") if command != "sql" else list(arguments)
                look(command, [word for word in words if word] +
                     (["--format", *kind.split(" ")] if kind else []))
                tried += 1
    if len(shown) < len(commands) - len(LEFT_OUT) - 3:
        failures.append(f"only {sorted(shown)} show any of it")
    print(f"{tried} outputs of {len(commands)} commands, {len(failures)} failures")
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


sys.exit(main())
