#!/usr/bin/env python3
"""What a server may answer to pull and fleet that is no honest answer: each is refused in one
sentence, nothing that it sends steers a terminal, becomes part of a statement, or stays in a file
but whole runs. The server is made up here: no ClickHouse is needed.

    hostile.py TRAILVIEW

Works in the current folder.
"""
import http.server
import os
import sqlite3
import subprocess
import sys
import threading

TRAILVIEW = sys.argv[1]
COPY = "11111111-2222-3333-4444-%012d"
MODULE = "aaaaaaaa-0000-0000-0000-000000000001"
NONE = "00000000-0000-0000-0000-000000000000"
RUN_COLUMNS = 34
failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)


def row(*values):
    return "\t".join(r"\N" if value is None else str(value) for value in values) + "\n"


def listed(number=1, **changes):
    values = dict(copy=COPY % number, uuid="99999999-2222-3333-4444-%012d" % number, program="shop",
                  build="100", start=1790000000, sent=7, rows=7)
    values.update(changes)
    return row(*values.values())


def run(number=1, **changes):
    values = dict(copy=COPY % number, uuid="99999999-2222-3333-4444-%012d" % number,
                  state="complete", start_utc_ns=1790000000 * 10 ** 9, start_monotonic_ns=1,
                  wall_ns=1000, command_line="shop", directory="/", mode="launch", follow=0,
                  end_reason="exit", exit_code=0, exit_signal=None, os="Linux", arch="x86_64",
                  host="h", recorder="0.1.0", wait_function="waitpid", load_detection="r_brk",
                  wine=None, events=2, counts='{"CreateProcess":1,"ExitProcess":1}', holds="{}",
                  hold_ns=0, quiet_stops=0, stalls=0, stall_ns=0, cpus=2, load_start=0.5,
                  load_end=None, pressure_start=None, pressure_end=None, idle_share=0.25,
                  stolen_share=None)
    values.update(changes)
    return row(*values.values())


class Answers(dict):
    """What is answered to what is asked: by the words that a statement has."""

    def __init__(self, **changes):
        good = {
            "list": listed(), "run": run(), "label": row(COPY % 1, "build", "100"),
            "module": row(MODULE, "/app/shop", "shop", 10, 4096, 62, 0, 0, "", "", "", "0a", ""),
            "import": row(MODULE, 1, 0, "libc.so.6", None), "frame": "", "stack": "",
            "process": row(COPY % 1, 1, 10, None, None, 0, MODULE, "shop", "r_brk", 1, 2, 0, None),
            "event": row(COPY % 1, 1, 0, 5, 1, None, 1, 0, 10)
                     + row(COPY % 1, 2, 900, 5, 1, None, 2, 0, None),
            "event_create_process": row(COPY % 1, 1, 0, MODULE, 4096, None, NONE, None, None, None,
                                        None, None, None, "shop", "r_brk"),
            "event_exit_process": row(COPY % 1, 2, 0, *[None] * 11),
            "count": row(COPY % 1, 2), "fleet": row("100", "shop", "start..end", "always", 1, 1,
                                                    1000, 900, 1100, 5)}
        good.update(changes)
        super().__init__(good)

    def to(self, sql):
        if "6 * 7" in sql:
            return "trail\t42\n"
        if "copy, count()" in sql:
            return self["count"]
        if "FROM run WHERE copy GLOBAL IN" in sql and "toUInt32(start)" in sql:
            return self["list"]
        for word, answer in (("import_position AS", "import"), ("ARRAY JOIN frames", "stack"),
                             ("FROM (SELECT * FROM module", "module"), ("what = 'span'", "fleet"),
                             ("FROM (SELECT * FROM frame", "frame"), ("label_keys", "label")):
            if word in sql:
                return self[answer]
        return self.get(sql.split(" FROM ")[1].split(" ")[0], "")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet for an answer: else it waits for the acknowledgement of the first

    def do_POST(self):
        sql = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(sql)
        answer = self.server.answers.to(sql)
        status, headers = 200, {}
        if isinstance(answer, tuple):
            status, answer, headers = answer
        body = answer if isinstance(answer, bytes) else answer.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass  # it does not want to hear more
        self.close_connection = bool(headers)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
server.handle_error = lambda *_: None  # who was refused hangs up
threading.Thread(target=server.serve_forever, daemon=True).start()
URL = "http://127.0.0.1:%d/trail" % server.server_address[1]
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if not name.lower().endswith("_proxy")}


def view(answers, *arguments):
    server.answers, server.asked = answers, []
    return subprocess.run([TRAILVIEW] + list(arguments), capture_output=True, env=ENVIRONMENT,
                          timeout=120)


def runs_of(path):
    if not os.path.exists(path):
        return 0
    with sqlite3.connect(path) as db:
        return db.execute("SELECT count(*) FROM run").fetchone()[0]


def refused(name, result, words):
    said = result.stderr.decode("utf-8", "replace")
    expect(result.returncode == 2, "%s: exit status %d" % (name, result.returncode))
    expect(said.startswith("trailview: ") and said.count("\n") == 1, "%s: says %r" % (name, said))
    expect(words in said, "%s: says %r" % (name, said))
    expect("\x1b" not in said + result.stdout.decode("utf-8", "replace"), name + ": an escape")


def test_pull():
    if os.path.exists("good.db"):
        os.remove("good.db")
    result = view(Answers(), "pull", URL, "-o", "good.db", "--format", "csv")
    expect(result.returncode == 0 and b",1,pulled," in result.stdout,
           "good: %r" % (result.stdout + result.stderr))
    result = view(Answers(), "pull", URL, "-o", "good.db", "--format", "csv")
    expect(b",1,was there," in result.stdout and runs_of("good.db") == 1,
           "again: %r" % (result.stdout + result.stderr))
    expect(all(" FROM event " not in sql for sql in server.asked), "again: asks for events")
    result = subprocess.run([TRAILVIEW, "-d", "good.db", "verify"], capture_output=True)
    expect(result.returncode == 0, "verify: %r" % result.stdout)
    lies = [
        ("no uuid", dict(list=listed(copy="1' OR '1'='1")), "a run that cannot be one"),
        ("the same run twice", dict(list=listed() + listed()), "twice"),
        ("no number", dict(list=listed(rows="many")), "for a number"),
        ("a number too large", dict(list=listed(rows=10 ** 19)), "for a number"),
        ("a column less", dict(list=listed().replace("\t7\t", "\t", 1)), "columns"),
        ("a column more", dict(list=listed()[:-1] + "\t1\n"), "columns"),
        ("a row that breaks off", dict(list=listed()[:-5]), "breaks off"),
        ("an escape", dict(list=listed(program="\\q")), "escape"),
        ("a page", dict(list="<html>\x1b[31mlog in</html>\n"), "columns"),
        ("an error", dict(list=(500, "Code: 47, e.displayText() = DB::Exception: \x1b]0;x\x07"
                                     " no column", {})), "no column"),
        ("a redirection", dict(list=(302, "", {"Location": "http://127.0.0.1:1/"})), ""),
        ("a body cut short", dict(process=(200, "x", {"Content-Length": "100"})), ""),
        ("a run that was not asked for", dict(run=run(2)), ""),
        ("a run's rows that were not asked for",
         dict(event=row(COPY % 7, 1, 0, 5, 1, None, 1, 0, 10)), "but not that one itself"),
        ("a module that is not there", dict(module=""), "but not that one itself"),
        ("a module twice", dict(module=Answers()["module"] * 2), "twice"),
        ("an event twice", dict(event=row(COPY % 1, 1, 0, 5, 1, None, 1, 0, 10) * 2), "cannot be"),
        ("no time", dict(event=row(COPY % 1, 1, None, 5, 1, None, 1, 0, 10)), "cannot be"),
        ("a time of letters", dict(event=row(COPY % 1, 1, "0x10", 5, 1, None, 1, 0, 10)),
         "for a number"),
        ("a load of letters", dict(run=run(load_start="inf x")), "for a number"),
        ("a stack of frames that are not there",
         dict(stack=row(MODULE, "bbbbbbbb-0000-0000-0000-000000000001")), "but not that one"),
        ("a run that is still recorded", dict(run=run(state="recording")), "recorded"),
        ("counts of other runs", dict(count=row(COPY % 9, 1)), "but not that one itself"),
        ("a row without an end", dict(event=b"1" * (65 << 20)), "64 MiB"),
    ]
    for name, changes, words in lies:
        if os.path.exists("bad.db"):
            os.remove("bad.db")
        result = view(Answers(**changes), "pull", URL, "-o", "bad.db")
        if name == "a run that was not asked for":
            expect(runs_of("bad.db") == 0, name + ": it is there")
            continue
        refused(name, result, words)
        expect(runs_of("bad.db") == 0, name + ": something stayed")
    for name, changes in (("rows are missing", dict(count="")), ("rows too many",
                          dict(count=row(COPY % 1, 3)))):
        result = view(Answers(**changes), "pull", URL, "-o", "bad.db", "--format", "csv")
        expect(result.returncode == 0 and b",,not whole," in result.stdout and
               b"push them again" in result.stderr.replace(b"push it", b"push them"),
               "%s: %r" % (name, result.stdout + result.stderr))
        expect(runs_of("bad.db") == 0, name + ": it is there")


def test_quoting():
    evil = "sh'op\\\\ OR 1"
    view(Answers(list=listed(program=evil)), "pull", URL, "-o", "bad.db")
    for sql in server.asked:
        if "program IN" in sql:
            expect("program IN ('sh\\'op\\\\ OR 1')" in sql, "quoting: %r" % sql[:200])
    result = view(Answers(), "fleet", "spans", URL, "@build=1' OR '1", "@x'y=z\\", "--program",
                  "a'b")
    expect(result.returncode == 0, "fleet, quoted: %r" % result.stderr)
    sql = server.asked[-1]
    expect("build = '1\\' OR \\'1'" in sql and "indexOf(label_keys, 'x\\'y')] = 'z\\\\'" in sql and
           "program = 'a\\'b'" in sql, "quoting: %r" % sql)


def test_fleet():
    result = view(Answers(), "fleet", "spans", URL, "--format", "csv")
    expect(result.stdout.splitlines()[1:] == [b"100,shop,start..end,always,1,1,1000,900,1100,5"],
           "fleet: %r" % (result.stdout + result.stderr))
    evil = Answers()["fleet"].replace("start..end", "\x1b]0;pwned\x07\u202eend")
    for form in ("table", "json", "markdown", "html"):
        result = view(Answers(fleet=evil), "fleet", "spans", URL, "--format", form)
        expect(result.returncode == 0 and b"\x1b" not in result.stdout and
               "\u202e".encode() not in result.stdout, "fleet %s: %r" % (form, result.stdout))
    good = Answers()["fleet"]
    for name, answer, words in (
            ("too few columns", good.replace("\talways", ""), "columns"),
            ("words", good.replace("1000", "soon"), "for a number"),
            ("half a row", good[:-3], "breaks off"),
            ("no such table", (404, "Code: 60, e.displayText() = DB::Exception: Table x doesn't "
                                    "exist.", {}), "exist")):
        refused("fleet: " + name, view(Answers(fleet=answer), "fleet", "spans", URL, "--format",
                                       "ndjson"), words)


def test_words():
    """What is wrong on the command line is said before anybody is asked."""
    for arguments, words in ((["fleet", "spams", URL], "did you mean 'spans'"),
                             (["fleet", "spans"], "needs the server"),
                             (["fleet", "spans", URL, "7"], "uuid"),
                             (["fleet", "spans", URL, "--since", "yesterday"], "age"),
                             (["fleet", "history", URL, "--of", "module"], "module's name"),
                             (["pull", URL], "takes a server"),
                             (["pull", URL, "last", "-o", "x.db"], "uuid")):
        result = view(Answers(), *arguments)
        refused(" ".join(arguments), result, words)
        expect(not server.asked and not os.path.exists("x.db"), "%s: asks" % arguments)
    with open("text.txt", "w", encoding="utf-8") as file:
        file.write("no trail file, but long enough to be looked at " * 20)
    result = view(Answers(), "pull", URL, "-o", "text.txt")
    refused("a text", result, "not a trail file")
    with open("text.txt", encoding="utf-8") as file:
        expect(file.read().startswith("no trail file"), "the text was written over")


def test_library():
    """libcurl is loaded by who asks a server, and by nobody else."""
    os.makedirs("broken", exist_ok=True)
    with open("broken/libcurl.so.4", "w", encoding="utf-8") as file:
        file.write("no library")
    environment = dict(os.environ, LD_LIBRARY_PATH="broken")
    result = subprocess.run([TRAILVIEW, "fleet", "spans", URL], env=environment,
                            capture_output=True, check=False)
    refused("a broken libcurl", result, "cannot load libcurl")
    result = subprocess.run([TRAILVIEW, "--version"], env=environment, capture_output=True,
                            check=False)
    expect(result.returncode == 0, "--version needs libcurl: %r" % result.stderr)


for test in (test_pull, test_quoting, test_fleet, test_words, test_library):
    test()
for failure in failures:
    print("FAILED", failure)
sys.exit(bool(failures))
