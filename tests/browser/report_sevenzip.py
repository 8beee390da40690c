#!/usr/bin/env python3
"""The reports of a real Windows program, made by trailview on Windows, in Chromium.

    report_sevenzip.py CHROMIUM AXE FOLDER

FOLDER is where the test program-diff_sevenzip left its recordings and reports. Exit status 77:
something that the test needs is missing.
"""
import os
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import chromium
import report_page

CHROMIUM, AXE, FOLDER = sys.argv[1:4]


def main():
    run, builds = (os.path.join(FOLDER, name) for name in ("run.html", "builds.html"))
    report_page.skip_without(chromium=CHROMIUM, axe_core=AXE, recording=run)
    browser = chromium.Browser(CHROMIUM, os.path.abspath("profile"))
    try:
        page = browser.new_page()
        with sqlite3.connect(os.path.join(FOLDER, "trail.db")) as database:
            report = report_page.Report(page, AXE, run)
            report.check_numbers(lambda sql: database.execute(sql).fetchone()[0])
        report.focus("#timeline input")
        page.press(*"kernel32")
        report.check(int(report.data("matches")) >= 1, "kernel32 is not found")
        report.finish(has_contrast=True)
        report = report_page.Report(page, AXE, builds)
        for place in ("answer", "differences"):
            report.check("7za.exe" in page.run(f"document.querySelector('#{place}').textContent"),
                         place)
        report.check(report.rows("runs") == 20, report.rows("runs"), "runs")
        report.finish()
    finally:
        browser.close()
    return report_page.conclude()


sys.exit(main())
