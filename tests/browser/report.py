#!/usr/bin/env python3
"""Reports in Chromium: nothing is complained of or asked for, every bar and row is there, what a
reader can do works by keyboard, and axe-core finds no serious fault, in light and in dark.

    report.py CHROMIUM AXE BUILD-FOLDER SOURCES

AXE is the folder of the package axe-core. The pages are left in the current folder. Exit
status 77: something that the test needs is missing.
"""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import chromium
import report_page

CHROMIUM, AXE, BUILD, SOURCES = sys.argv[1:5]
TRAILREC, TRAILFAKE = (os.path.join(BUILD, "recorder", name) for name in ("trailrec", "trailfake"))
TRAILVIEW = os.path.join(BUILD, "viewer", "trailview")
MAKE_FIXTURE = os.path.join(BUILD, "tests", "cli", "make_fixture")
PYTHON = "/usr/bin/python3"
PROCESSES, LOADS = 700, 15
SOURCE_FILES = 234  # three processes each, and those of make


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert done.returncode == 0, (command, done.stderr.decode())
    return done.stdout.decode()


def query(database, sql):
    return int(run(TRAILVIEW, "-d", database, "sql", "--format", "csv", sql).split()[1])


def record_build(database):
    """700 processes with 15 loads each, as a build has them: children of one that waits."""
    lines = ["t=0 pid=100 tid=100 CreateProcess via=launch path=/usr/bin/make base=0x400000 "
             'command_line="make -j2"']
    for i in range(1, PROCESSES):
        pid, start = 100 + i, i * 3000
        lines += [f"t={start}us pid={pid} CreateProcess via=fork parent_pid=100",
                  f"t={start + 50}us pid={pid} CreateProcess via=exec path=/usr/bin/cc1 "
                  f'base=0x400000 command_line="cc1 -quiet file{i}.c"']
        lines += [f"t={start + 100 * (j + 1)}us pid={pid} LoadDll path=/usr/lib/lib{j}.so.1 "
                  f"base={0x7000 + 0x1000 * j} load_phase={'startup' if j < 5 else 'runtime'} "
                  "size=4096" for j in range(LOADS)]
        lines.append(f"t={start + 2500}us pid={pid} ExitProcess exit_code={int(i == 77)}")
    lines.append(f"t={PROCESSES * 3000}us pid=100 ExitProcess exit_code=0")
    with open("build.trail", "w", encoding="utf-8") as script:
        script.write("\n".join(lines) + "\n")
    run(TRAILFAKE, "-q", "-f", "-o", database, "--", "build.trail")


def record_two_builds(database):
    """Two sets of runs, of which the second loads one module more."""
    scripted = os.path.join(SOURCES, "tests", "compare", "scripted.py")
    for build, change in (("100", []), ("101", ["add"])):
        run(sys.executable, "-B", scripted, build, build, "6", *change)
        for name in sorted(os.listdir(build)):
            run(TRAILFAKE, "-q", "-f", "-o", database, "-l", f"build={build}", "--",
                os.path.join(build, name))


def report_of(page, name, database, *arguments):
    run(TRAILVIEW, "-d", database, "report", "-o", f"{name}.html", *arguments)
    return report_page.Report(page, AXE, f"{name}.html")


# From a key to the picture after it.
KEY_TIME = """new Promise(done => {
    const field = %s, start = performance.now();
    field.dispatchEvent(new KeyboardEvent('keydown', {key: %r, bubbles: true, cancelable: true}));
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})"""


def try_startup(page):
    if not shutil.which(PYTHON) or subprocess.run(
            [TRAILREC, "-q", "-o", "start.db", "--", PYTHON, "-c", "import json, ssl, sqlite3"],
            check=False).returncode != 0:
        print("skipped: python3 cannot be recorded here")
        return
    report = report_of(page, "start", "start.db")
    report.check_numbers(lambda sql: query("start.db", sql))
    loads = query("start.db", "SELECT count(*) FROM loads")
    # by keyboard: zoom, all, from event to event; search
    report.focus(".timeline .scroll")
    page.press("+", "+")
    span = float(report.data("to")) - float(report.data("from"))
    page.press("0")
    report.check(span * 3.9 < float(report.data("to")) < span * 4.1, "zoom:", span)
    page.press("ArrowRight", "ArrowRight")
    chosen = page.run("document.querySelector('.chosen').textContent")
    report.check("load" in chosen and " at " in chosen and "ms" in chosen, "chosen:", chosen)
    report.focus("#timeline input")
    page.press(*"_ssl")
    report.check(report.data("matches") == "1", report.data("matches"), "matches")
    page.press("Enter")
    chosen = page.run("document.querySelector('.chosen').textContent")
    report.check(chosen.startswith("load _ssl"), "found:", chosen)
    # the pointer
    page.run("document.querySelector('.timeline').scrollIntoView()")
    box = page.run("(({x, y, width}) => ({x, y, width}))(document.querySelector('.timeline canvas')"
                   ".getBoundingClientRect())")
    page.call("Input.dispatchMouseEvent", type="mouseMoved", x=box["x"] + box["width"] * .6,
              y=box["y"] + 45)
    tip = page.run("document.querySelector('.tip').hidden ? '' : "
                   "document.querySelector('.tip').textContent")
    report.check("python3" in tip and "ms" in tip, "tip:", tip)
    # a table: filter, sort
    report.focus("#loads input")
    page.press(*"ssl")
    report.check(report.status("loads").endswith(f", of {loads}"), report.status("loads"))
    report.check(report.count("#loads tbody tr") < loads, "the filter does nothing")
    page.run("document.querySelector('#loads input').value = ''; document.querySelector('#loads "
             "input').dispatchEvent(new Event('input'))")
    report.focus("#loads thead th:nth-child(4) button")
    page.press("Enter")
    names = page.run("[...document.querySelectorAll('#loads tbody td:nth-child(4)')].map(cell => "
                     "cell.textContent)")
    report.check(len(names) == loads and names[0] == min(names, key=str.lower),
                 "sorted:", names[:3])
    report.finish(has_contrast=True)


def try_diff(page):
    record_two_builds("builds.db")
    report = report_of(page, "builds", "builds.db", "@build=100", "@build=101")
    report.check("intruder" in page.run("document.querySelector('#answer').textContent"), "answer")
    report.check("intruder" in page.run("document.querySelector('#differences').textContent"),
                 "differences")
    report.check(report.rows("runs") == 12, report.rows("runs"), "runs")
    report.check(report.count("#times circle.a") >= 12 <= report.count("#times circle.b"), "dots")
    runs = page.run("document.querySelector('.timeline').trailTimeline.lanes.filter(lane => "
                    "lane.kind == 'run').length")
    report.check(runs == 2, runs, "runs in one timeline")
    page.run("location.hash = 'b-loads'")
    report.check(page.run("document.querySelector('#b-loads').closest('details').open"), "link")
    page.run("document.querySelector('#b-loads').closest('details').open = false")
    report.finish(has_contrast=True)


def try_build(page):
    record_build("build.db")
    report = report_of(page, "build", "build.db")
    paints = [report.first_paint()]
    while min(paints) > 1000 and len(paints) < 3:  # the machine may be busy
        page.open("build.html")
        paints.append(report.first_paint())
    paint = min(paints)
    report.check(paint < 1000, "first paint after", paint, "ms")
    report.check(int(report.data("lanes")) == PROCESSES, report.data("lanes"), "lanes")
    loads = (PROCESSES - 1) * LOADS
    bars = 3 * PROCESSES - 1 + loads
    report.check(int(report.data("bars")) == bars, report.data("bars"), "bars, not", bars)
    report.check(report.rows("loads") == loads, report.rows("loads"), "loads")
    report.check(report.rows("processes") == PROCESSES, report.rows("processes"), "processes")
    report.check(report.count("#loads tbody tr") == 100, "the table has no pages")
    page.run("document.querySelector('#loads .table').trailTable.texts()")
    field = "document.querySelector('.timeline .scroll')"
    slowest = max((min(page.run(KEY_TIME % (field, key)) for _ in range(3)), key) for key in
                  ("+", "ArrowRight", "ArrowDown", "-", "0", "ArrowLeft"))
    report.check(slowest[0] < 100, "a key takes", *slowest)
    taken = page.run("(() => { const field = document.querySelector('#loads input'), start = "
                     "performance.now(); field.value = 'lib3.so'; field.dispatchEvent(new "
                     "Event('input')); return performance.now() - start; })()")
    report.check(taken < 100, "a key in the filter takes", taken)
    report.check(report.status("loads").startswith(f"1 to 100 of {PROCESSES - 1} rows"),
                 report.status("loads"))
    report.focus("#timeline input")
    page.press(*"file77.c")
    report.check(int(report.data("matches")) == LOADS + 3, report.data("matches"), "matches")
    report.finish()
    return f"first paint {paint:.0f} ms, a key {slowest[0]:.0f} ms, a filter {taken:.0f} ms"


def try_native_build(page):
    """A build with some 700 processes, by the compiler that is here."""
    shutil.rmtree("sources", ignore_errors=True)
    os.mkdir("sources")
    for i in range(SOURCE_FILES):
        with open(f"sources/file{i}.c", "w", encoding="utf-8") as source:
            source.write(f"int file{i};\n")
    with open("sources/Makefile", "w", encoding="utf-8") as rules:
        rules.write("all: $(patsubst %.c,%.o,$(wildcard *.c))\n")
    done = subprocess.run([TRAILREC, "-q", "-f", "-k", "none", "-o", "native.db", "-C", "sources",
                           "--", "make", "-s", "-j2"], stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0 or query("native.db", "SELECT count(*) FROM processes") < SOURCE_FILES:
        print("skipped: a build cannot be recorded here")
        return
    report = report_of(page, "native", "native.db")
    processes = query("native.db", "SELECT count(*) FROM processes")
    report.check_numbers(lambda sql: query("native.db", sql))
    report.check(int(report.data("lanes")) == processes, report.data("lanes"), "lanes")
    report.focus("#processes input")
    page.press(*"file77.c")
    report.check(report.status("processes").endswith(f", of {processes}"),
                 report.status("processes"))
    report.focus(".timeline .scroll")
    page.press("+", "ArrowDown", "ArrowRight")
    report.finish()
    return f"a build of {processes} processes: first paint {report.first_paint():.0f} ms"


def try_hostile(page):
    run(MAKE_FIXTURE, "hostile.db",
        os.path.join(SOURCES, "tests", "cli", "fixtures", "hostile.sql"))
    report = report_of(page, "hostile", "hostile.db")
    page.run("for (const details of document.querySelectorAll('details')) details.open = true")
    report.check(report.count("img, iframe, form, b i, a[href^=javascript]") == 0, "markup")
    report.check(report.count("script") == 2, report.count("script"), "scripts")
    report.finish()


def main():
    report_page.skip_without(chromium=CHROMIUM, axe_core=AXE)
    for name in os.listdir("."):
        if name.endswith((".db", ".html")):
            os.remove(name)
        elif name in ("100", "101", "profile"):
            shutil.rmtree(name)
    browser = chromium.Browser(CHROMIUM, os.path.abspath("profile"))
    page = browser.new_page()
    try:
        for one in (try_startup, try_diff, try_build, try_native_build, try_hostile):
            said = one(page)
            if said:
                print(said)
    finally:
        browser.close()
    return report_page.conclude()


sys.exit(main())
