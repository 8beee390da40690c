"""A report in Chromium, as the tests ask it, and what holds for every one: nothing is complained of
or asked for, and axe-core finds no serious fault."""
import os
import sys

failures = []

AXE_RUN = """axe.run(document, {resultTypes: ['violations'], elementRef: false, %s}).then(
    found => found.violations.filter(one => ['serious', 'critical'].includes(one.impact)).map(
    one => one.id + ': ' + one.nodes.slice(0, 3).map(node => node.target.join(' ') + ' ' +
    node.failureSummary).join('; ')))"""
CONTRAST = "runOnly: ['color-contrast']"


class Report:
    """A page in the browser."""

    def __init__(self, page, axe, path):
        self.page, self.axe, self.path = page, axe, path
        page.resize(1280, 900)
        page.set_media("light")
        page.open(path)

    def check(self, is_right, *words):
        if not is_right:
            failures.append(" ".join(str(word) for word in (self.path + ":",) + words))

    def check_numbers(self, query):
        """As many bars, rows and lanes as the file has by `query`, of SQL, a number."""
        for what, shown, sql in (
                ("bars", self.data("bars"), "SELECT count(*) FROM events WHERE run = 1 AND kind IN "
                 "('CreateProcess', 'LoadDll', 'LoadFailed', 'EntryPoint', 'Mark', 'ExitProcess')"),
                ("loads", self.rows("loads"), "SELECT count(*) FROM loads WHERE run = 1"),
                ("processes", self.rows("processes"),
                 "SELECT count(*) FROM processes WHERE run = 1")):
            there = query(sql)
            self.check(int(shown) == there, shown, what + ", not", there)

    def count(self, what):
        return self.page.run(f"document.querySelectorAll({what!r}).length")

    def rows(self, section):
        return self.page.run(f"document.querySelector('#{section} .table').trailTable.count")

    def status(self, section):
        return self.page.run(f"document.querySelector('#{section} .tools [role=status]')"
                             ".textContent")

    def first_paint(self):
        return self.page.run("performance.getEntriesByName('first-contentful-paint')[0]"
                             ".startTime")

    def data(self, name):
        return self.page.run(f"document.querySelector('.timeline').dataset[{name!r}]")

    def focus(self, selector):
        self.page.run(f"document.querySelector({selector!r}).focus()")

    def finish(self, has_contrast=False):
        """What holds for every page. Colours are the same on all, and it takes long to look."""
        with open(os.path.join(self.axe, "axe.min.js"), encoding="utf-8") as source:
            self.page.run(source.read() + ";0")
        for scheme, rules in (("light", "rules: {'color-contrast': {enabled: false}}"),
                              ("light", CONTRAST), ("dark", CONTRAST)):
            if rules is CONTRAST and not has_contrast:
                continue
            self.page.set_media(scheme)
            for fault in self.page.run(AXE_RUN % rules):
                self.check(False, scheme, fault)
        self.check(not self.page.complaints(), "complains:", self.page.complaints())
        self.check(not self.page.requests(), "asks for", self.page.requests())
        self.check(self.page.run("document.documentElement.scrollWidth <= innerWidth"),
                   "is wider than the window")


def conclude():
    """The exit status of a test."""
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


def skip_without(**needed):
    """Ends the test, skipped, if one of these files is not there."""
    for what, path in needed.items():
        if not os.path.exists(path):
            print(f"skipped: there is no {what}")
            sys.exit(77)
