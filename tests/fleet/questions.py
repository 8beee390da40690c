#!/usr/bin/env python3
"""What a fleet answers is what trailview answers on the same runs: 20 builds, recorded on two
machines, pushed from two files, and merged into one.

    questions.py TRAILVIEW TRAILFAKE

Works in the current folder.
"""
import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "compare"))
import scripted  # noqa: E402
import server as clickhouse  # noqa: E402

TRAILVIEW, TRAILFAKE = sys.argv[1:3]
BUILDS, RUNS = 20, 3  # on each of two machines
# what one run of a build has more; all from b12 on are slower
PLANTED = {7: "add", 9: "path", 15: "fail"}
failures = []


def expect(holds, *what):
    if not holds:
        failures.append(" ".join(str(word) for word in what))


def view(*arguments):
    result = subprocess.run([TRAILVIEW, *arguments], capture_output=True, text=True, timeout=120)
    expect(result.returncode == 0, arguments, result.stderr)
    return result.stdout


def rows(*arguments):
    return list(csv.DictReader(io.StringIO(view(*arguments, "--format", "csv"))))


def record():
    """Two files, and what both say together."""
    for name in ("one.db", "two.db", "all.db"):
        for end in ("", "-wal", "-shm"):
            if os.path.exists(name + end):
                os.remove(name + end)
    for build in range(BUILDS):
        lasting = "slower" if build >= 12 else None
        for machine in ("one", "two"):
            texts = [scripted.make("fleet %d %s %d" % (build, machine, run), lasting)[0]
                     for run in range(RUNS)]
            if build in PLANTED and machine == "two":
                texts[-1] = scripted.make("planted", PLANTED[build])[0]
            scripted.record(TRAILFAKE, machine + ".db", "scripts", texts, "build=b%d" % build)
    for machine in ("one", "two"):
        with sqlite3.connect(machine + ".db") as db:
            db.execute("INSERT INTO label SELECT id, 'machine', ? FROM run", (machine,))
    view("merge", "-o", "all.db", "one.db", "two.db")


def same(question, answer, there, columns):
    """Both as sets of rows of these columns: (in the answer, in stats)."""
    ours = sorted(tuple(row[mine] for mine, _ in columns) for row in answer)
    theirs = sorted(tuple(row[its] for _, its in columns) for row in there)
    expect(ours and ours == theirs, question, "differs:", len(ours), len(theirs),
           [pair for pair in zip(ours, theirs) if pair[0] != pair[1]][:2])


TIMES = [(name, name) for name in ("median_ns", "low_ns", "high_ns")]
COMMON = [("name", "name"), ("presence", "presence"), ("runs", "runs"), ("of_runs", "of_runs")]


def test_stats(url):
    parts = {"presence": ("loads", COMMON + TIMES + [
                ("process", "process"), ("least", "least"), ("most", "most"), ("place", "note")]),
             "spans": ("time", COMMON + TIMES + [("held_ns", "held_ns")]),
             "gaps": ("gaps", COMMON + TIMES + [("process", "process")])}
    answers = {question: rows("fleet", question, url) for question in parts}
    for label in ("b%d" % build for build in range(BUILDS)):
        stats = rows("-d", "all.db", "stats", "@build=" + label, "--only", "loads,time,gaps")
        for question, (part, columns) in parts.items():
            same("%s of %s" % (question, label),
                 [row for row in answers[question] if row["label"] == label],
                 [row for row in stats if row["section"] == part], columns)
    for question, answer in answers.items():
        expect(len({row["label"] for row in answer}) == BUILDS, question, "builds")
    answer = rows("fleet", "spans", url, "--by", "machine")
    for machine in ("one", "two"):
        same("spans of " + machine, [row for row in answer if row["label"] == machine],
             rows("-d", "all.db", "stats", "@machine=" + machine, "--only", "time"),
             parts["spans"][1])
    same("spans of a selection", rows("fleet", "spans", url, "@build=b3", "--since", "1h",
                                      "--program", "shop.exe"),
         rows("-d", "all.db", "stats", "@build=b3", "--only", "time"), parts["spans"][1])
    expect(view("fleet", "spans", url, "--program", "mail.exe", "--format", "ndjson") == "",
           "another program")


def test_history(url):
    for of in ([], ["--of", "loads"], ["--of", "mark:loaded..mark:ready"],
               ["--of", "loaded..ready"], ["--of", "module", "cart.dll"],
               ["--of", "cart.dll -> checkout.dll"], ["--sort", "version"]):
        ours = view("fleet", "history", *of[:2], url, *of[2:], "--by", "build", "--format", "json")
        theirs = view("-d", "all.db", "history", *of, "--by", "build", "--format", "json")
        expect(ours == theirs and len(json.loads(ours)) == BUILDS, "history", of, "differs")
    changes = [row["label"] for row in rows("fleet", "history", url) if row["change"] == "slower"]
    expect(changes == ["b12"], "history: a change began with", changes)


def test_failed(url):
    counted = {}
    with sqlite3.connect("all.db") as db:
        builds = dict(db.execute("SELECT run_id, value FROM label WHERE key = 'build'"))
    for row in json.loads(view("-d", "all.db", "loads", "--failed", "--format", "json",
                               *("@build=b%d" % build for build in range(BUILDS)))):
        key = (builds[row["run"]], row["what"], row["name"], row["needed_by"] or "",
               row["load_phase"], row["words"])
        runs, times = counted.setdefault(key, (set(), []))
        runs.add(row["run"])
        times.append(row["seq"])
    theirs = sorted((*key, str(len(runs)), str(len(times))) for key, (runs, times) in
                    counted.items())
    ours = sorted((row["label"], row["what"], row["name"], row["needed_by"], row["load_phase"],
                   row["words"], row["runs"], row["times"]) for row in rows("fleet", "failed", url))
    expect(ours and ours == theirs, "failed:", ours[:2], theirs[:2])


def test_novelty(url):
    """A module or a place that no build before had, in the order of the builds."""
    modules, places, expected = set(), set(), set()
    for build in range(BUILDS):
        label = "b%d" % build
        for row in rows("-d", "all.db", "sql", "SELECT DISTINCT l.name, replace(l.path, "
                        "rtrim(l.path, replace(l.path, '\\', '')), '') AS file, rtrim(l.path, "
                        "replace(l.path, '\\', '')) AS place FROM loads l JOIN runs r USING (run) "
                        "WHERE json_extract(r.labels, '$.build') = '%s' AND l.path NOT LIKE "
                        "'%%Temp%%'" % label):
            if build > 0 and (row["name"], row["place"]) not in places:
                expected.add((label, row["name"],
                              "place" if row["name"] in modules else "module"))
            modules.add(row["name"])
            places.add((row["name"], row["place"]))
    answer = rows("fleet", "novelty", url)
    ours = {(row["label"], row["name"], row["what"]) for row in answer}
    expect(ours == expected and len(ours) == 2, "novelty:", ours, expected)
    with sqlite3.connect("all.db") as db:
        firsts = {uuid for uuid, in db.execute(
            "SELECT r.uuid FROM run r JOIN label l ON l.run_id = r.id AND l.key = 'build' "
            "WHERE l.value IN ('b7', 'b9')")}
    expect({row["first_run"] for row in answer} <= firsts, "novelty: first runs")
    starts = [row["start"] for row in answer]
    expect(starts == sorted(starts, reverse=True), "novelty: order")
    expect(rows("fleet", "novelty", url, "--since", "1h", "-n", "1") == answer[:1],
           "novelty: --since")


def test_views(server, url):
    """What other clients see."""
    there = server.ask("SELECT * FROM presence FORMAT CSVWithNames", "fleet")
    theirs = [[value if value != "\\N" else "" for value in row]
              for row in csv.reader(io.StringIO(there))]
    ours = list(csv.reader(io.StringIO(view("fleet", "presence", url, "--format", "csv"))))
    expect(sorted(ours) == sorted(theirs), "the view presence")
    names = set(server.ask("SHOW TABLES FROM fleet", "fleet").split())
    listed = {row["question"] for row in rows("fleet")}
    expect(listed and listed <= names, "views:", listed - names)
    for name in listed:
        server.ask("SELECT count() FROM %s" % name, "fleet")


def main():
    if clickhouse.program() is None:
        print("skipped: there is no clickhouse-server")
        return 77
    shutil.rmtree("server", ignore_errors=True)
    record()
    with clickhouse.Server("server") as server:
        url = server.url("fleet")
        view("push", "--init", url)
        for file in ("one.db", "two.db"):
            view("-d", file, "push", url)
        test_stats(url)
        test_history(url)
        test_failed(url)
        test_novelty(url)
        test_views(server, url)
    for failure in failures:
        print("FAILED", failure)
    return bool(failures)


sys.exit(main())
