#!/usr/bin/env python3
"""trailview pull: what was pushed with all its values comes back as it was, every table, by uuid;
what stayed behind is not there, and said; a pull again, into a part, killed: whole runs or none.

    pull.py TRAILVIEW TRAILFAKE MAKE_FIXTURE FIXTURES [RUNS [EVENTS]]

Works in the current folder. The moments at which a pull is killed are bytes that came from the
server, not times.
"""
import collections
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading

import server as clickhouse

TRAILVIEW, TRAILFAKE, MAKE_FIXTURE, FIXTURES = sys.argv[1:5]
# 200 come at a time
RUNS, EVENTS = (int(word) for word in (sys.argv[5:7] + ["250", "10"][len(sys.argv[5:7]):]))
HERE = os.path.dirname(os.path.abspath(__file__))
failures = []


def expect(holds, *what):
    if not holds:
        failures.append(" ".join(str(word) for word in what))


def view(*arguments):
    return subprocess.run([TRAILVIEW, *arguments], capture_output=True, text=True,
                          errors="surrogateescape", timeout=600)


def must(*arguments):
    result = view(*arguments)
    expect(result.returncode == 0, arguments, result.stderr)
    return result


class File:
    """What a trail file says of its runs, without the numbers that are its own."""

    def __init__(self, path):
        self.db = sqlite3.connect(path)
        self.db.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
        self.modules = self.of("module")
        imports = collections.defaultdict(list)
        for row in self.db.execute("SELECT * FROM import ORDER BY module_id, position"):
            imports[row[0]].append(row[1:])
        self.modules = {number: (row, tuple(imports[number])) for number, row in
                        self.modules.items()}
        self.frames = {number: (self.modules.get(row[0]), *row[1:])
                       for number, row in self.of("frame").items()}
        self.stacks = {number: tuple(self.frames[frame] for frame in json.loads(row[1]))
                       for number, row in self.of("stack").items()}

    def of(self, table):
        return {row[0]: row[1:] for row in self.db.execute("SELECT * FROM " + table)}

    def value(self, column, value):
        for end, names in (("module_id", self.modules), ("frame_id", self.frames),
                           ("stack_id", self.stacks)):
            if column.endswith(end):
                return names.get(value)
        return value

    def runs(self, leave_out=()):
        """uuid -> table -> rows."""
        tables = [name for name, in self.db.execute(
            "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "
            "ON c.name = 'run_id' WHERE m.type = 'table'")]
        uuids = dict(self.db.execute("SELECT id, uuid FROM run"))
        said = {uuid: {} for uuid in uuids.values()}
        for table in ["run"] + tables:
            columns = [row[1] for row in self.db.execute("PRAGMA table_info(%s)" % table)]
            key = columns.index("id" if table == "run" else "run_id")
            for row in self.db.execute("SELECT * FROM " + table):
                said[uuids[row[key]]].setdefault(table, []).append(tuple(
                    None if (table, column) in leave_out else self.value(column, value)
                    for i, (column, value) in enumerate(zip(columns, row)) if i != key))
        for of_run in said.values():
            for rows in of_run.values():
                rows.sort(key=repr)
        return said


def same(what, ours, theirs):
    for uuid in theirs:
        for table in theirs[uuid].keys() | ours.get(uuid, {}).keys():
            mine, its = ours.get(uuid, {}).get(table), theirs[uuid].get(table)
            if mine != its:
                expect(False, what, "run", uuid, "table", table, "differs:",
                       str(mine)[:300], "is not", str(its)[:300])
                return
    expect(ours.keys() == theirs.keys(), what, len(ours), "runs, not", len(theirs))


def remove(*names):
    for name in names:
        for end in ("", "-wal", "-shm"):
            if os.path.exists(name + end):
                os.remove(name + end)


def make():
    remove("many.db", "shop.db", "odd.db", "all.db")
    subprocess.run([sys.executable, "-B", os.path.join(HERE, "many.py"), TRAILFAKE, "many.db",
                    str(RUNS), str(EVENTS)], check=True, stdout=subprocess.DEVNULL)
    for name in ("shop", "odd"):
        source = {"shop": "shop.sql", "odd": "hostile.sql"}[name]
        subprocess.run([MAKE_FIXTURE, name + ".db", os.path.join(FIXTURES, source)], check=True)
    must("merge", "-o", "all.db", "many.db", "shop.db", "odd.db")


def test_all(url):
    original = File("all.db").runs()
    remove("back.db")
    result = must("pull", url, "-o", "back.db", "--format", "csv")
    expect(result.stdout.count(",pulled,") == len(original) and not result.stderr, "all:",
           result.stdout.count(",pulled,"), result.stderr)
    same("all:", File("back.db").runs(), original)
    expect(any(runs.get("kept_stack") for runs in original.values()), "no stack is tested")
    again = must("pull", url, "-o", "back.db", "--format", "csv")
    expect(again.stdout.count(",was there,") == len(original), "again:", again.stdout[:200])
    same("again:", File("back.db").runs(), original)
    expect(view("-d", "back.db", "verify").stdout == view("-d", "all.db", "verify").stdout,
           "verify")
    for command in (["stats", "@build=103"], ["loads", "--failed", "@build=103"],
                    ["history", "--by", "build"], ["diff", "@build=103", "@build=104"]):
        theirs, ours = (view("-d", file, *command, "--format", "csv").stdout
                        for file in ("all.db", "back.db"))
        expect(len(ours.splitlines()) == len(theirs.splitlines()) and
               (command[0] == "loads" or ours == theirs), command, "differs")
    remove("part.db")
    one = sorted(original)[7]
    must("pull", url, one, "-o", "part.db")
    expect(set(File("part.db").runs()) == {one}, "one run by its uuid")
    must("pull", url, "@build=103", one, "-o", "part.db")
    expect(0 < len(File("part.db").runs()) < len(original), "a part")
    must("pull", url, "-o", "part.db")
    same("the rest:", File("part.db").runs(), original)
    expect(view("pull", url, "@build=none", "-o", "part.db").stderr.count("no such run") == 1,
           "none")


def test_left_behind(url):
    """Pushed as it is by default: what is not there is NULL, and said."""
    withheld = {("environment", "value"), ("process", "command_line"),
                ("event_create_process", "command_line"), ("event_output_debug_string", "text"),
                ("event_output_debug_string", "raw"), ("run", "command_line")}
    remove("less.db")
    result = must("pull", url, "-o", "less.db", "--format", "csv")
    expect('"environment, arguments, strings"' in result.stdout and
           "left behind (environment, arguments, strings)" in result.stderr, "left behind:",
           result.stderr)
    with sqlite3.connect("less.db") as db:
        for table, column in withheld - {("run", "command_line")}:
            there, = db.execute("SELECT count(%s) FROM %s" % (column, table)).fetchone()
            expect(there == 0, table, column, "is there")
        odd, = db.execute("SELECT count(*) FROM run WHERE command_line NOT IN (SELECT path FROM "
                          "module)").fetchone()
        expect(odd == 0, "command lines are there:", odd)
    ours, theirs = File("less.db").runs(withheld), File("shop.db").runs(withheld)
    for of_run in theirs.values():
        of_run.pop("raw_stack", None)
    same("left behind:", ours, theirs)


class Road:
    """A way to the server that calls `end` once so many bytes have come back."""

    def __init__(self, port, limit, end):
        self.port, self.limit, self.end, self.bytes = port, limit, end, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d/" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                here, _ = self.listener.accept()
            except OSError:
                return
            there = socket.create_connection(("127.0.0.1", self.port))
            for pair in ((here, there, False), (there, here, True)):
                threading.Thread(target=self.carry, args=pair, daemon=True).start()

    def carry(self, source, target, counts):
        try:
            while True:
                piece = source.recv(65536)
                if not piece:
                    break
                self.bytes += len(piece) if counts else 0
                if counts and self.limit and self.bytes > self.limit:
                    self.end()
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.listener.close()


def test_killed(server, database):
    original = File("all.db").runs()
    remove("killed.db")
    road = Road(server.http, 0, None)
    must("pull", road.url + database, "-o", "killed.db")
    road.close()
    whole, counts = road.bytes, set()
    for part in (2, 5, 7):
        remove("killed.db")
        process = []
        road = Road(server.http, whole * part // 8, lambda: process and process[0].kill())
        process.append(subprocess.Popen([TRAILVIEW, "pull", road.url + database, "-o", "killed.db"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))
        process[0].communicate(timeout=300)
        road.close()
        expect(process[0].returncode == -9, "killed", part, "of 8:", process[0].returncode)
        if os.path.exists("killed.db") and os.path.getsize("killed.db") > 0:
            there = File("killed.db").runs()
            counts.add(len(there))
            same("killed %d of 8:" % part, there, {uuid: original[uuid] for uuid in there})
    print("killed with", sorted(counts), "runs there, of", len(original))
    must("pull", server.url(database), "-o", "killed.db")
    same("after all:", File("killed.db").runs(), original)


def main():
    if clickhouse.program() is None:
        print("skipped: there is no clickhouse-server")
        return 77
    shutil.rmtree("server", ignore_errors=True)
    make()
    with clickhouse.Server("server") as server:
        for database, file, more in (("whole", "all.db", ["--with", "all"]),
                                     ("less", "shop.db", [])):
            must("push", "--init", server.url(database))
            must("-d", file, "push", *more, server.url(database))
        test_all(server.url("whole"))
        test_left_behind(server.url("less"))
        test_killed(server, "whole")
    for failure in failures:
        print("FAILED", failure)
    return bool(failures)


sys.exit(main())
