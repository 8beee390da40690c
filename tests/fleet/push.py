#!/usr/bin/env python3
"""trailview push to a real server: every table, once and whole, whatever is killed meanwhile.

    push.py TRAILVIEW TRAILFAKE BUILD

Works in the current folder. The moments at which something is killed are bytes that went to the
server, not times.
"""
import contextlib
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import many
import server as clickhouse
from strangers import Road, Stranger, page

TRAILVIEW, TRAILFAKE, BUILD = sys.argv[1:4]
RUNS, EVENTS = 60, 100
failures = []


def expect(holds, *what):
    if not holds:
        failures.append(" ".join(str(word) for word in what))
        print("FAILED:", failures[-1], flush=True)


def environment(**changes):
    words = {key: value for key, value in os.environ.items()
             if not key.startswith("CLICKHOUSE_") and key.lower() not in ("http_proxy", "no_proxy")}
    return {**words, "HOME": os.getcwd(), **changes}


def start(*arguments, **changes):
    return subprocess.Popen([TRAILVIEW, *arguments], stdin=subprocess.DEVNULL, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            errors="surrogateescape", env=environment(**changes))


def finish(process):
    out, complaint = process.communicate(timeout=120)
    return process.returncode, out, complaint


def view(*arguments, **changes):
    return finish(start(*arguments, **changes))


def must(*arguments, **changes):
    status, out, complaint = view(*arguments, **changes)
    expect(status == 0, arguments, complaint)
    return out


def results(out):
    return [row["result"] for row in json.loads(out)]


def pushed(path, url, *more):
    if "--init" in more:
        must("push", url, "--init") # makes the tables, and needs no file
        more = [word for word in more if word != "--init"]
    return results(must("-d", path, "push", url, "--format", "json", *more))


# Every table, as it is in the file.

def literal(value):
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    elif isinstance(value, str):
        value = value.encode("utf-8", "surrogateescape").decode("latin-1")
    elif isinstance(value, float):
        return repr(value) if value != int(value) else str(int(value))
    for plain, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"),
                           ("\b", "\\b"), ("\f", "\\f"), ("\0", "\\0"), ("'", "\\'")):
        value = str(value).replace(plain, escaped)
    return value


def array(values, is_text):
    return "[" + ",".join("NULL" if value is None else f"'{literal(value)}'" if is_text
                          else str(value) for value in values) + "]"


def ask(server, sql, database):
    """Rows of texts, in which a byte is a character."""
    text = server.ask(sql + " FORMAT TabSeparated", database, encoding="latin-1")
    return [line.split("\t") for line in text.split("\n")[:-1]]


MODULE = ("path", "name", "file_bytes", "image_bytes", "machine", "pe_timestamp", "pe_checksum",
          "pdb_guid", "pdb_name", "file_version", "build_id", "soname")


def shared_here(db):
    modules = {}
    for number, *columns in db.execute(f"SELECT id, {', '.join(MODULE)} FROM module"):
        imports = list(zip(*db.execute("SELECT position, kind, name, version FROM import "
                                       "WHERE module_id = ? ORDER BY position", (number,))))
        imports = imports or [()] * 4
        modules[number] = tuple(map(literal, columns)) + tuple(
            array(imports[i], i >= 2) for i in range(4))
    frames = {number: (modules.get(module), *map(literal, columns)) for number, module, *columns in
              db.execute("SELECT id, module_id, offset, symbol, symbol_offset, guessed FROM frame")}
    stacks = {number: tuple(frames.get(frame) for frame in json.loads(of))
              for number, of in db.execute("SELECT id, frames FROM stack")}
    return modules, frames, stacks


def shared_there(server, database):
    columns = ", ".join(MODULE)
    modules = {row[0]: tuple(row[1:]) for row in ask(
        server, f"SELECT id, {columns}, import_position, import_kind, import_name, import_version "
        "FROM module", database)}
    frames = {number: (modules.get(module), *rest) for number, module, *rest in ask(
        server, "SELECT id, module_id, offset, symbol, symbol_offset, guessed FROM frame",
        database)}
    stacks = {number: tuple(frames.get(frame) for frame in re.findall("[0-9a-f-]{36}", of))
              for number, of in ask(server, "SELECT id, toString(frames) FROM stack", database)}
    return modules, frames, stacks


def kind_of(column):
    return next((i for i, end in enumerate(("module_id", "frame_id", "stack_id"))
                 if column.endswith(end)), None)


def check_tables(server, path, database):
    """All that the file has is there, of the copy that counts."""
    db = sqlite3.connect(path)
    db.text_factory = lambda bytes: bytes.decode("utf-8", "surrogateescape")
    here, there = shared_here(db), shared_there(server, database)
    for table in [*many.tables(db), "run"]:
        if table == "label":
            continue
        names = many.columns(db, table, ("run_id",) if table != "run" else ("id",))
        of_run = "run_id" if table != "run" else "id"
        expected = sorted(
            (uuid, *(here[kind_of(name)].get(value) if kind_of(name) is not None
                     else literal(value) for name, value in zip(names, row)))
            for uuid, *row in db.execute(
                f"SELECT r.uuid, {', '.join('t.' + name for name in names)} FROM {table} t "
                f"JOIN run r ON r.id = t.{of_run}"))
        uuids = dict(ask(server, "SELECT toString(copy), uuid FROM whole_run", database))
        found = sorted(
            (uuids[copy], *(there[kind_of(name)].get(value) if kind_of(name) is not None else value
                            for name, value in zip(names, row)))
            for copy, *row in ask(
                server, f"SELECT toString(copy), {', '.join(names)} FROM {table} "
                "WHERE copy IN (SELECT copy FROM whole_copy)", database))
        expected, found = (sorted(map(repr, rows)) for rows in (expected, found))
        differing = [pair for pair in zip(expected, found) if pair[0] != pair[1]]
        expect(expected == found, database, table, len(expected), len(found), differing[:1])
    labels = {(uuid, f"{literal(key)}={literal(value)}") for uuid, key, value in db.execute(
        "SELECT r.uuid, l.key, l.value FROM label l JOIN run r ON r.id = l.run_id")}
    found = {tuple(row) for row in ask(
        server, "SELECT uuid, concat(key, '=', value) FROM whole_run ARRAY JOIN label_keys AS key, "
        "label_values AS value", database)}
    expect(labels == found, database, "labels", labels ^ found)
    db.close()


def check_whole(server, database, runs, what):
    """Each run is there once, with all of its rows."""
    expect(server.ask("SELECT count(), uniqExact(uuid) FROM whole_run", database)
           == f"{runs}\t{runs}\n", what, server.ask("SELECT count(), uniqExact(uuid) FROM "
                                                    "whole_run", database))
    tables = server.ask("SELECT table FROM system.columns WHERE name = 'copy' AND database = "
                        f"'{database}' AND table NOT IN ('run', 'whole_run', 'whole_copy')",
                        database).split()
    counted = " UNION ALL ".join(f"SELECT copy FROM {table}" for table in tables)
    wrong = server.ask(
        "SELECT copy, rows, there FROM whole_run ANY LEFT JOIN (SELECT copy, count() AS there FROM "
        f"({counted}) GROUP BY copy) USING copy WHERE rows != there", database)
    expect(wrong == "", what, "not whole:", wrong[:300])


# The cases, on one server.

def test_tables(server):
    fixtures = os.path.join(BUILD, "tests/cli/fixtures")
    for name in ("full", "shop", "hostile", "signals", "busy", "build"):
        url = server.url(name)
        shutil.copy(f"{fixtures}/{name}.db", f"{name}.db")
        expect(set(pushed(f"{name}.db", url, "--init", "--with", "all")) == {"pushed"}, name)
        expect(set(pushed(f"{name}.db", url)) == {"was there"}, name, "again")
        check_tables(server, f"{name}.db", name)
    shutil.copy(f"{fixtures}/wrong_types.db", "wrong_types.db")
    must("push", server.url("wrong"), "--init")
    status, _, complaint = view("-d", "wrong_types.db", "push", server.url("wrong"))
    expect(status in (0, 2) and complaint.count("\n") <= 1, "wrong types:", status, complaint)


def secret_file(path):
    with open("secret.trail", "w", encoding="utf-8") as script:
        script.write('t=0 pid=1 tid=1 CreateProcess via=launch path=/bin/app base=0x400000 '
                     'command_line="app --password=SeCrEt-argument"\n'
                     't=1ms OutputDebugString text="SeCrEt-string"\n'
                     't=2ms ExitProcess exit_code=0\n')
    subprocess.run([TRAILFAKE, "-q", "-o", path, "--", "secret.trail"], check=True,
                   env={**os.environ, "LD_SECRET": "SeCrEt-value"})
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT OR REPLACE INTO environment SELECT id, 'LD_SECRET', 'SeCrEt-value', 7 "
                   "FROM run")
        db.execute("UPDATE run SET command_line = 'app --password=SeCrEt-argument'")
        db.execute("INSERT INTO raw_stack SELECT id, 1, 1, x'00', 'SeCrEt-stack', NULL FROM run")


def secrets_in(server, database):
    folder, found = f"{server.folder}/data/data/{database}", set()
    for where, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError), open(f"{where}/{name}", "rb") as file:
                found |= set(re.findall(rb"SeCrEt-(argument|string|value|stack)", file.read()))
    return {word.decode() for word in found}


def test_privacy(server):
    secret_file("secret.db")
    for with_what, kept in (("", set()), ("environment", {"value"}), ("arguments", {"argument"}),
                            ("strings", {"string"}),
                            ("all", {"value", "argument", "string", "stack"})):
        database = "secret_" + with_what
        more = ["--with", with_what] if with_what else []
        expect(pushed("secret.db", server.url(database), "--init", *more) == ["pushed"], with_what)
        found = secrets_in(server, database)
        expect(found == kept, "--with", with_what, "brought", found)
    expect(pushed("secret.db", server.url("secret_"), "--with", "strings") == ["pushed"], "more")
    expect(pushed("secret.db", server.url("secret_")) == ["was there"], "less")
    expect(server.ask("SELECT count(), max(sent) FROM whole_run", "secret_") == "1\t4\n",
           "the fuller copy counts")
    for wrong in ("x", "all,x", "environment;all"):
        status, _, complaint = view("-d", "secret.db", "push", server.url(), "--with", wrong)
        expect(status == 2 and "--with takes" in complaint, wrong, complaint)


def kill_pusher(server, database, path, limit):
    killed = threading.Event()

    def kill():
        killed.set()
        process.kill()

    road = Road(server.http, limit, kill)
    process = start("-d", path, "push", road.url(database))
    _, out, _ = finish(process)
    road.close()
    expect(killed.is_set() or limit > road.bytes, f"nobody was killed at {limit} of {road.bytes}")
    while server.ask("SELECT count() FROM system.processes WHERE query LIKE 'INSERT %'") != "0\n":
        time.sleep(0.01)  # what had come whole is still being taken in
    whole = int(server.ask("SELECT count() FROM whole_run", database))
    check_whole(server, database, whole, f"killed at {limit}")
    return whole, out


def test_killed_pusher(server):
    must("push", server.url("killed"), "--init")
    road = Road(server.http)
    must("push", server.url("measured"), "--init")
    must("-d", "many.db", "push", road.url("measured"), "--with", "all")
    road.close()
    for part in (0.05, 0.3, 0.6, 0.9, 0.99):
        kill_pusher(server, "killed", "many.db", int(road.bytes * part))
    expect(set(pushed("many.db", server.url("killed"))) <= {"pushed", "was there"}, "repeated")
    check_whole(server, "killed", RUNS, "killed and repeated")
    check_tables(server, "many.db", "measured")
    return road.bytes


def test_two(server):
    must("push", server.url("two"), "--init")
    both = [start("-d", "many.db", "push", server.url("two")) for _ in range(2)]
    for process in both:
        status, _, complaint = finish(process)
        expect(status == 0, "two:", complaint)
    check_whole(server, "two", RUNS, "two pushers")
    expect(set(pushed("many.db", server.url("two"), "1", "1", "many.db")) == {"was there"}, "named")


def test_killed_server(server, size):
    must("push", server.url("fallen"), "--init")
    for part in (0.2, 0.7):
        def fall():
            server.stop(signal.SIGKILL)
            threading.Thread(target=server.start).start()

        road = Road(server.http, int(size * part), fall)
        status, _, complaint = view("-d", "many.db", "push", road.url("fallen"))
        road.close()
        server.wait()
        expect(status in (0, 2) and "trying again" in complaint, f"fallen at {part}:", complaint)
        whole = int(server.ask("SELECT count() FROM whole_run", "fallen"))
        check_whole(server, "fallen", whole, f"fallen at {part}")
        if part < 0.5:
            server.ask("TRUNCATE TABLE run", "fallen") # all is to be done again
    must("-d", "many.db", "push", server.url("fallen"))
    check_whole(server, "fallen", RUNS, "fallen and repeated")


def test_full_disk():
    """No room there: a bound on the size of files, which needs no rights of its own."""
    def bound():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60000, resource.RLIM_INFINITY))

    shutil.copy("many.db", "long.db")
    with contextlib.closing(sqlite3.connect("long.db")) as db, db:
        db.execute("UPDATE event_output_debug_string SET text = hex(randomblob(500))")
    server = clickhouse.Server("full", limits=bound)
    with server:
        must("push", server.url("trail"), "--init")
        status, _, complaint = view("-d", "long.db", "push", server.url("trail"), "--with", "all")
        expect(status == 2 and " says: " in complaint and complaint.count("\n") == 1,
               "full disk:", status, complaint)
        expect(server.ask("SELECT count() FROM whole_run", "trail") == "0\n", "full: nothing")
        server.stop()
        server.limits = None
        server.start()
        must("-d", "long.db", "push", server.url("trail"), "--with", "all")
        check_whole(server, "trail", RUNS, "full and repeated")


def test_words(server):
    url = server.url("killed")
    good = {"CLICKHOUSE_USER": "trail", "CLICKHOUSE_PASSWORD": 'tr&il:"'}
    must("-d", "many.db", "push", url, "last", **good)
    cases = [
        ("Wrong password", url, {**good, "CLICKHOUSE_PASSWORD": "SeCrEt"}),
        ("CLICKHOUSE_PASSWORD, or in ~/.netrc", url.replace("//", "//trail:SeCrEt@"), {}),
        ("doesn't exist (81)", server.url("nowhere"), {}),
        ("doesn't exist. (60)", server.url("empty"), {}),
        ("have the number 9", server.url("newer"), {}),
        ("use an older trailview", server.url("older"), {}),
        ("are not all there", server.url("half"), {}),
        ("as in http://HOST:8123/DATABASE", server.url("a?b"), {}),
        ("takes a server and runs", "trail.db", {}),
    ]
    server.ask("CREATE DATABASE empty")
    for database, numbers in (("newer", "9, 4"), ("older", "1, 3"), ("half", "")):
        must("push", server.url(database), "--init")
        server.ask("TRUNCATE TABLE trail_format", database)
        if numbers:
            server.ask(f"INSERT INTO trail_format SELECT {numbers}, now()", database)
    for words, to, changes in cases:
        status, out, complaint = view("-d", "many.db", "push", to, **changes)
        expect(status == 2 and complaint.count("\n") == 1 and words in complaint
               and "SeCrEt" not in complaint + out, words, complaint)
    with open(".netrc", "w", encoding="utf-8") as file:
        file.write("machine 127.0.0.1 login trail password nonsense\n")
    status, _, complaint = view("-d", "many.db", "push", url)
    expect(status == 2 and "Wrong password" in complaint, ".netrc is not read", complaint)
    os.remove(".netrc")
    for output_format in ("table", "json", "ndjson", "csv", "markdown", "html"):
        must("-d", "many.db", "push", url, "--format", output_format)


def test_retries(server):
    road = Road(server.http, refuses=2)
    status, _, complaint = view("-d", "many.db", "push", road.url("killed"))
    expect(status == 0 and complaint.count("trying again") == 2, "retries:", complaint)
    road.close()
    busy = Stranger(page("503 Busy", b"<h1>\x1b[31m busy \xff</h1>"))
    return start("-d", "many.db", "push", busy.url())


def strangers():
    """(words, process): who does not answer, or not as ClickHouse does."""
    evil = b"Code: 999999999, e.displayText() = DB::Exception: \x1b[31m\xe2\x80\xaeevil\n\n" * 50
    free, = clickhouse.free_ports(1)
    junk = {
        "Couldn't connect": f"http://127.0.0.1:{free}/trail",
        "is no ClickHouse server": Stranger(page("200 OK", b"Ok.\n")).url(),
        "no ClickHouse server": Stranger(page("200 OK", b"", False), True).url(),
        "HTTP status 404": Stranger(page("404 Not Found", b"<b>\x1b[2J</b>" * 100)).url(),
        "\\x1B[31m": Stranger(page("500 Error", evil)).url(),
        "cannot ask": Stranger(b"SSH-2.0-OpenSSH_9.2\r\n", True).url(),
        "timed out": Stranger(None).url(),
    }
    return [(words, start("-d", "many.db", "push", url)) for words, url in junk.items()]


def check_strangers(asked):
    for words, process in asked:
        status, out, complaint = finish(process)
        lines = [line for line in complaint.splitlines() if "trying again" not in line]
        expect(status == 2 and len(lines) == 1 and words in lines[0] and len(lines[0]) < 520
               and "\x1b" not in complaint and out == "", words, status, complaint[:600])


def test_recorded(server):
    """What is still being recorded stays, and its like goes."""
    shutil.copy("many.db", "recorded.db")
    with contextlib.closing(sqlite3.connect("recorded.db")) as db, db:
        db.execute("DELETE FROM run WHERE id > 3")
        db.execute("UPDATE run SET state = 'recording' WHERE id = 2")
    os.mkdir("recorded.db-run2.ring") # somebody's, so that nothing is concluded
    expect(pushed("recorded.db", server.url("recorded"), "--init")
           == ["pushed", "is being recorded", "pushed"], "recorded")
    check_whole(server, "recorded", 2, "recorded")


def test_cluster(server):
    """The Distributed tables, over a cluster of one."""
    sources = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    must("push", server.url("trail_local"), "--init")
    server.ask("CREATE DATABASE trail")
    with open(f"{sources}/schema/clickhouse/cluster.sql", encoding="utf-8") as file:
        for statement in re.sub("^--.*$", "", file.read(), flags=re.M).split(";\n")[:-1]:
            server.ask(statement.replace("CLUSTER", "one"), "trail")
    expect(set(pushed("full.db", server.url("trail"), "--init", "--with", "all")) == {"pushed"},
           "cluster")
    expect(set(pushed("full.db", server.url("trail"))) == {"was there"}, "cluster, again")
    check_whole(server, "trail", 2, "cluster")
    check_tables(server, "full.db", "trail")


def main():
    if clickhouse.program() is None:
        print("skipped: there is no clickhouse-server (Debian 12 has it)")
        return 77
    for name in os.listdir("."):
        shutil.rmtree(name) if os.path.isdir(name) else os.remove(name)
    sys.argv[1:] = [TRAILFAKE, "many.db", str(RUNS), str(EVENTS), "3"]
    many.main()
    asked = strangers()
    with clickhouse.Server("server") as server:
        test_tables(server)
        test_privacy(server)
        size = test_killed_pusher(server)
        test_two(server)
        test_killed_server(server, size)
        test_words(server)
        test_recorded(server)
        test_cluster(server)
        asked.append(("HTTP status 503: <h1>\\x1B[31m busy \\xFF", test_retries(server)))
        test_full_disk()
        check_strangers(asked)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


sys.exit(main())
