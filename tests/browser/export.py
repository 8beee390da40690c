#!/usr/bin/env python3
"""What trailview exports, imported by speedscope in Chromium: it complains of nothing, finds as
many profiles as there are tracks with slices, and asks for nothing but its own files.

    export.py CHROMIUM SPEEDSCOPE BUILD-FOLDER

SPEEDSCOPE is the folder of the npm package. Exit status 77: something that the test needs is
missing.
"""
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import chromium

CHROMIUM, SPEEDSCOPE, BUILD = sys.argv[1:4]
TRAILREC = os.path.join(BUILD, "recorder", "trailrec")
TRAILVIEW = os.path.join(BUILD, "viewer", "trailview")
FIXTURES = os.path.join(BUILD, "tests", "cli", "fixtures")
PAGE = os.path.join(SPEEDSCOPE, "dist", "release", "index.html")
failures = []


def run(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                          check=True).stdout


def title(page, name, text):
    """What the page says of the profile that it shows first, "name (1/5)"."""
    with open("profile.js", "w", encoding="ascii") as script:
        script.write(f'speedscope.loadFileFromBase64("{name}", "'
                     f'{base64.b64encode(text).decode()}")')
    page.open("/dev/null")
    page.open(PAGE + "#localProfilePath=" + os.path.abspath("profile.js"))
    deadline = time.monotonic() + chromium.SECONDS
    while time.monotonic() < deadline:
        shown = page.run("document.body.innerText")
        if "Sandwich" in shown and ("/" in shown or name in shown):
            return shown
        time.sleep(0.1)
    return shown


def check(page, what, name, text, profiles):
    shown = title(page, name, text)
    complaints = [each for each in page.complaints() if "WebGL" not in str(each)]
    if complaints:
        failures.append(f"{what}: speedscope complains: {str(complaints)[:1000]}")
    others = [url for url in page.requests() if not url.startswith("file://")]
    if others:
        failures.append(f"{what}: asks for {others}")
    found = re.search(r"\((\d+)/(\d+)\)", shown)
    if (int(found.group(2)) if found else 1) != profiles:
        failures.append(f"{what}: not {profiles} profiles: {shown!r}")


def main():
    missing = [what for what, path in (("chromium", CHROMIUM), ("speedscope (npm)", PAGE))
               if not os.path.isfile(path)]
    if missing:
        print(f"skipped: there is no {' and no '.join(missing)}")
        return 77
    if os.path.exists("trail.db"):
        os.remove("trail.db")
    run(TRAILREC, "-q", "-f", "-o", "trail.db", "--", "/usr/bin/python3", "-c",
        "import json, ssl, sqlite3, threading, time, os\n"
        "t = threading.Thread(target=time.sleep, args=(0.1,)); t.start(); t.join()\n"
        "os.system('true')")
    traces = [("trail.db", "1")] + [(os.path.join(FIXTURES, f"{name}.db"), run_) for name, run_ in
                                    (("shop", "1"), ("shop", "3"), ("full", "1"),
                                     ("hostile", "1"))]
    shutil.rmtree("chromium", ignore_errors=True)
    browser = chromium.Browser(CHROMIUM, os.path.abspath("chromium"))
    try:
        page = browser.new_page()
        for database, number in traces:
            trace = run(TRAILVIEW, "-d", database, "export", number)
            tracks = {(event["pid"], event["tid"]) for event in json.loads(trace)["traceEvents"]
                      if event["ph"] == "B"}
            check(page, f"{database}:{number}", "trace.json", trace, len(tracks))
        folded = run(TRAILVIEW, "-d", "trail.db", "export", "--format", "folded")
        check(page, "folded", "stacks.txt", folded, 1)
    finally:
        browser.close()
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


sys.exit(main())
