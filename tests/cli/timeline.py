#!/usr/bin/env python3
"""Pictures of runs: nothing is left out without a word, what strangers named stays text, an SVG is
one file that runs nothing, and how wide and in which signs is the terminal's to say.

    timeline.py TRAILVIEW TRAILFAKE FIXTURES

Works in the current folder.
"""
import fcntl
import json
import os
import pty
import re
import sqlite3
import struct
import subprocess
import sys
import termios
import unicodedata
import xml.etree.ElementTree as ElementTree

TRAILVIEW, TRAILFAKE, FIXTURES = sys.argv[1:4]
SVG = "{http://www.w3.org/2000/svg}"
EVIL = b"".join((b"<script>", b"</text></svg>", b"\x1b[31m", "\u202e\uffff".encode(), b"\0",
                 b"\xff\xfe", b"&amp;", b"'\"x", b"]]>", b"\r\n", "\u5b57e\u0301".encode()))
failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)


def trailview(*arguments, environment=None):
    done = subprocess.run([TRAILVIEW, *arguments], stdin=subprocess.DEVNULL, check=False,
                          capture_output=True, env={**os.environ, **(environment or {})})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def evil_run():
    """Everything that a program can name has something in it that harms a terminal or a page."""
    with open("evil.trail", "w", encoding="utf-8") as script:
        script.write("t=0 pid=1 tid=1 CreateProcess via=launch path=/bin/app command_line=app\n"
                     "t=1ms LoadDll path=/lib/x.so base=0x7000 load_phase=startup size=4096\n"
                     "t=2ms LoadFailed what=module load_phase=runtime name=/x/y.so words=no\n"
                     "t=3ms Mark name=ready\n"
                     "t=4ms tid=2 CreateThread start_address=1\n"
                     "t=5ms Exception code=11 si_code=1 address=0x7010 first_chance=1\n"
                     "t=9ms ExitProcess exit_code=0\n")
    if os.path.exists("evil.db"):
        os.remove("evil.db")
    subprocess.run([TRAILFAKE, "-q", "-o", "evil.db", "--", "evil.trail"], check=True)
    with sqlite3.connect("evil.db") as db:
        for table, column in (("module", "name"), ("run", "command_line"), ("thread", "name"),
                              ("process", "command_line"), ("event_mark", "name"),
                              ("event_load_failed", "name"), ("run", "state")):
            db.execute(f"UPDATE {table} SET {column} = CAST(? AS TEXT)", (EVIL,))


def width_of(line):
    return sum(0 if unicodedata.combining(c) else
               2 if unicodedata.east_asian_width(c) in "WF" and c != "\uffff" else 1 for c in line)


def check_text(what, text):
    for character in text:
        expect(character in "\n\uffff" or character.isprintable(), f"{what}: {character!r}")


def check_svg(what, path):
    """Returns the texts in it."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    root = ElementTree.fromstring(text)
    allowed = {"svg", "title", "style", "rect", "line", "path", "text", "g"}
    for element in root.iter():
        expect(element.tag.startswith(SVG) and element.tag[len(SVG):] in allowed,
               f"{what}: has {element.tag}")
        for name in element.attrib:
            expect(not name.startswith("on") and "href" not in name, f"{what}: has {name}")
    styles = root.find(SVG + "style").text
    expect("url(" not in styles and "@import" not in styles, f"{what}: asks for something else")
    expect("prefers-color-scheme: dark" in styles, f"{what}: has no colors for the dark")
    texts = [element.text or "" for element in root.iter(SVG + "text")]
    check_text(what, "".join(texts))
    height = float(root.attrib["height"])
    for element in root.iter(SVG + "text"):
        expect(0 <= float(element.attrib["y"]) <= height, f"{what}: a text is outside")
    for element in root.iter(SVG + "rect"):
        for name in ("width", "height"):
            value = element.attrib[name]
            expect(value == "100%" or float(value) > 0, f"{what}: a rect has no {name}")
    return texts


def hostile_texts():
    evil_run()
    for unicode in ("always", "never"):
        for columns in ("40", "80", "200"):
            status, text, _ = trailview("-d", "evil.db", "timeline", "--unicode", unicode,
                                        "--width", columns)
            expect(status == 0, f"status {status}")
            check_text(f"{columns} columns", text)
            expect(max(map(width_of, text.splitlines())) <= int(columns), f"over {columns}: {text}")
    status, text, _ = trailview("-d", "evil.db", "timeline", "--svg", "evil.svg")
    expect((status, text) == (0, ""), "--svg prints something")
    texts = "".join(check_svg("evil.svg", "evil.svg"))
    for part in ("<script>", "\\x1B[31m", "\\u202E", "\\x00", "\\xFF", "&amp;", "\u5b57"):
        expect(part in texts, f"{part} is no text of the picture")
    for database in ("hostile", "wrong_types", "full", "shop", "crowd"):
        trailview("timeline", os.path.join(FIXTURES, f"{database}.db"), "--svg", "some.svg")
        check_svg(database, "some.svg")
    if subprocess.run("command -v xmllint", shell=True, capture_output=True,
                      check=False).returncode == 0:
        expect(subprocess.run(["xmllint", "--noout", "evil.svg", "some.svg"],
                              check=False).returncode == 0, "xmllint complains")


def nothing_is_left_out():
    """Lanes and those that are told of are all that there are."""
    crowd = os.path.join(FIXTURES, "crowd.db")
    for rows in (8, 20, 40, 100, 2000):
        _, text, _ = trailview("-d", crowd, "timeline", "1", "-n", str(rows), "--unicode", "never",
                               "--width", "200")
        lanes = re.findall(r"^ *[0-9.]+ +(?:ninja|cc) 1\d{3} .*", text, re.MULTILINE)
        more = re.search(r"and (\d+) more process", text)
        expect(len(lanes) + (int(more.group(1)) if more else 0) == 700,
               f"{rows} rows: {len(lanes)} lanes, {more and more.group()}")
        failed = re.search(r"(\d+) of which failed", text)
        expect(sum("exit 1" in lane for lane in lanes) + (int(failed.group(1)) if failed else 0)
               == 8, f"{rows} rows: not all failures are told of")
        loads = re.findall(r"libplugin_|and (\d+) loads?|, (\d+) loads?$", text, re.MULTILINE)
        expect(len(text.splitlines()) <= 2 * rows + 12, f"{rows} rows: {len(text.splitlines())}")
        expect(loads, "no load is told of")
    _, text, _ = trailview("-d", crowd, "timeline", "2", "--unicode", "never", "--width", "200")
    loads = sum(int(count) for count in re.findall(r"and (\d+) loads?", text))
    expect(loads + len(re.findall(r"libplugin_\d+", text)) == 10000, f"{loads} loads are folded")
    _, text, _ = trailview("-d", crowd, "timeline", "2", "--format", "json")
    expect(sum(row["what"] == "load" for row in json.loads(text)) == 10000, "rows are missing")


def long_runs():
    """Of 50,000 loads those from --from on are drawn, and the picture says up to which."""
    with open("long.trail", "w", encoding="utf-8") as script:
        script.write("t=0 pid=1 tid=1 CreateProcess via=launch path=/bin/app\n")
        script.write("".join(f"t={i}ms LoadDll path=/lib/l{i % 9}.so base={4096 * i} "
                             "load_phase=runtime size=4096\n" for i in range(1, 25001)))
        script.write("t=30s ExitProcess exit_code=0\n")
    if os.path.exists("long.db"):
        os.remove("long.db")
    subprocess.run([TRAILFAKE, "-q", "-o", "long.db", "--", "long.trail"], check=True)
    _, text, _ = trailview("-d", "long.db", "timeline", "--unicode", "never")
    expect(re.search("up to 10001.000 ms", text), "does not say what is drawn")
    expect(re.search(r"25000\.000 +no event +5\.00 s after event 25001 +%", text), "no silence")
    expect("25002 events in all" in text, "does not say how many events there are")
    _, text, _ = trailview("-d", "long.db", "timeline", "--from", "24s", "--unicode", "never")
    expect("up to" not in text and "l7.so" in text, "does not draw the end")
    expect(re.search(r"25000\.000 +l\d.so.* 5\.00 s", text), "the last bar is not there")


def files():
    """Only a regular file is replaced."""
    shop = os.path.join(FIXTURES, "shop.db")
    for name in ("fifo.svg", "other.svg", "link.svg", "new.svg"):
        if os.path.lexists(name):
            os.remove(name)
    os.mkfifo("fifo.svg")
    os.makedirs("folder.svg", exist_ok=True)
    for name in ("fifo.svg", "folder.svg", "nowhere/x.svg"):
        status, _, complaint = trailview("-d", shop, "timeline", "--svg", name)
        expect(status == 2 and name in complaint, f"{name}: status {status}, {complaint}")
    with open("new.svg", "w", encoding="utf-8") as file:
        file.write("before")
    status, _, complaint = trailview("-d", shop, "timeline", "9", "--svg", "new.svg")
    with open("new.svg", encoding="utf-8") as file:
        expect(status == 2 and file.read() == "before", "a failure has changed the file")
    expect(trailview("-d", shop, "timeline", "1", "2", "--svg", "new.svg")[0] == 0, "not replaced")
    expect(sum(text.startswith("run ") for text in check_svg("two", "new.svg")) == 2, "not two")


def on_terminal(columns, **environment):
    """What a terminal of so many columns is shown."""
    shop = os.path.join(FIXTURES, "shop.db")
    surroundings = {name: value for name, value in os.environ.items()
                    if name not in ("LC_ALL", "LC_CTYPE", "LANG", "NO_COLOR")}
    child, terminal = pty.fork()
    if child == 0:
        os.environ.clear()
        os.environ.update({**surroundings, "PAGER": "cat", **environment})
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("4H", 500, columns, 0, 0))
        os.execv(TRAILVIEW, [TRAILVIEW, "-d", shop, "timeline", "3"])
    text = b""
    while True:
        try:
            more = os.read(terminal, 65536)
        except OSError:
            more = b""
        if not more:
            break
        text += more
    os.waitpid(child, 0)
    os.close(terminal)
    return text.decode().replace("\r\n", "\n")


def terminals():
    for columns in (80, 120, 200):
        plain = re.sub(r"\x1b\[[0-9;]*m", "", on_terminal(columns, LANG="C.UTF-8"))
        widths = [len(line) for line in plain.splitlines()]
        expect(columns - 12 <= max(widths) <= columns, f"{columns}: {max(widths)} are used")
    for environment, is_unicode in (
            ({"LANG": "C.UTF-8"}, True), ({"LANG": "en_US.utf8"}, True), ({"LANG": "C"}, False),
            ({}, False), ({"LANG": "C.UTF-8", "LC_ALL": "C"}, False),
            ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),
            ({"LANG": "de_DE.ISO-8859-1"}, False)):
        text = on_terminal(100, **environment)
        expect(text.isascii() != is_unicode, f"{environment}: {'' if is_unicode else 'no '}Unicode")
        expect("\x1b[" in text, f"{environment}: no color")
    expect("\x1b" not in on_terminal(100, LANG="C", NO_COLOR="1"), "NO_COLOR is not heeded")


def main():
    hostile_texts()
    nothing_is_left_out()
    long_runs()
    files()
    terminals()
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


sys.exit(main())
