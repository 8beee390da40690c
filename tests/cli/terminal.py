#!/usr/bin/env python3
"""What trailview shows on terminals of 80, 120 and 200 columns: nothing is wider than they are, the
folder of a path and diff's verdict are there, columns stand in line beyond the first rows, and more
than a screen goes through the pager.

    terminal.py TRAILVIEW TRAILFAKE

Works in the current folder.
"""
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import unicodedata

TRAILVIEW, TRAILFAKE = sys.argv[1:3]
FOLDERS = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/python3.11/lib-dynload", "/opt/shop/plugins")
failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)


def script(build, extra):
    lines = ["t=0 pid=100 tid=100 CreateProcess via=launch path=/opt/shop/bin/shop base=0x400000 "
             'command_line="shop --serve --with-many --options --and-more"']
    for i in range(12):
        folder = FOLDERS[i % 3]
        lines.append(f"t={i + 1}ms LoadDll path={folder}/libmodule_{i}.cpython-311-linux-gnu.so.1 "
                     f"base=0x{7000 + i}0000 load_phase=runtime size=409600 "
                     f"build_id={build * 10}{i:02d}")
    lines.append("t=15ms LoadFailed what=module load_phase=runtime "
                 "name=/opt/shop/plugins/extra/libnowhere_to_be_found.so.1 "
                 'words="cannot open shared object file"')
    lines += [f"t={20 + i}ms Mark name=m{i}" for i in range(extra)]
    lines.append(f"t={20 + extra}ms ExitProcess exit_code=0")
    return "\n".join(lines) + "\n"


def record(database, *scripts):
    if os.path.exists(database):
        os.remove(database)
    for text in scripts:
        with open("terminal.trail", "w", encoding="utf-8") as file:
            file.write(text)
        subprocess.run([TRAILFAKE, "-q", "-o", database, "--", "terminal.trail"], check=True)


def show(columns, *arguments, rows=500, pager="cat"):
    """(what a terminal of that size shows, the exit status)"""
    child, terminal = pty.fork()
    if child == 0:
        signal.alarm(60)
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.environ.update(PAGER=pager, NO_COLOR="1")
        os.execv(TRAILVIEW, [TRAILVIEW, *arguments])
    text = b""
    while True:
        try:
            more = os.read(terminal, 65536)
        except OSError: # the other side is closed
            more = b""
        if not more:
            break
        text += more
    os.close(terminal)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return text.decode().replace("\r\n", "\n"), status


def width(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF"
               else 1 for c in line)


def check_widths():
    commands = ("runs", "loads 1", "loads --failed 1", "gaps 1", "why libmodule_* 1",
                "why libnowhere* 1", "stats --only gaps", "events 1", "threads 1", "tree 1",
                "diff 1 2", "stats", "exceptions 1", "output 1", "info", "verify")
    for columns in (80, 120, 200):
        for command in commands:
            text, _ = show(columns, "-d", "terminal.db", *command.split())
            widest = max(text.splitlines(), key=width)
            expect(width(widest) <= columns, f"{command} at {columns}: {widest!r}")


def check_paths_and_verdicts():
    for columns in (80, 120, 200):
        text, _ = show(columns, "-d", "terminal.db", "loads", "1")
        for folder in FOLDERS:
            last = "/" + folder.split("/")[-1] + "/"
            expect(text.count(last) == 4, f"loads at {columns}: {last} in {text}")
        text, status = show(columns, "-d", "terminal.db", "diff", "1", "2")
        expect(status == 1, f"diff: status {status}")
        expect(text.count(" build-id") == 12, f"diff at {columns}: no verdict in {text}")


def check_alignment():
    """The 1000th row and the 10000th stand below the first."""
    text, _ = show(120, "-d", "terminal.db", "events", "3", "-n", "20000")
    kinds = {line.find("Mark") for line in text.splitlines() if " Mark " in line}
    expect(len(kinds) == 1, f"Mark stands in columns {kinds}")
    text, _ = show(120, "-d", "terminal.db", "events", "3")
    expect(len(text.splitlines()) == 1002 and "-n N" in text.splitlines()[-1],
           f"no limit on a terminal: {len(text.splitlines())} lines")
    expect(re.search("^1000 ", text, re.M) or "   1000 " in text, "the 1000th event is not there")


def check_pager():
    pager = "sed s/^/paged:/"
    text, status = show(80, "-d", "terminal.db", "loads", "1", rows=40, pager=pager)
    expect("paged:" not in text and status == 0, f"one screen was paged: {text}")
    text, status = show(80, "-d", "terminal.db", "loads", "1", rows=10, pager=pager)
    expect(text.count("paged:") == 13 and status == 0, f"not paged: {status} {text}")
    text, status = show(80, "-d", "terminal.db", "diff", "1", "2", rows=10, pager=pager)
    expect("paged:" in text and status == 1, f"status through the pager: {status}")
    text, status = show(80, "-d", "terminal.db", "events", "3", "-n", "20000", rows=10,
                        pager="head -2")
    expect(len(text.splitlines()) == 2 and status == 0, f"a pager left early: {status} {text}")
    text, status = show(80, "-d", "nowhere.db", "loads", rows=10, pager=pager)
    expect("paged:" not in text and "trailview: " in text and status == 2, f"error: {text}")
    piped = subprocess.run([TRAILVIEW, "-d", "terminal.db", "events", "3"], capture_output=True,
                           check=True, env={**os.environ, "PAGER": pager}).stdout
    expect(piped.count(b"\n") > 12000 and b"paged:" not in piped, "a pipe was paged or cut")


record("terminal.db", script("abcd", 3), script("dcba", 3), script("abcd", 12000))
check_widths()
check_paths_and_verdicts()
check_alignment()
check_pager()
for failure in failures:
    print("FAILED:", failure)
sys.exit(1 if failures else 0)
