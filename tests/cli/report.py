#!/usr/bin/env python3
"""trailview report: a whole page of all fixtures, in which nothing of a target is markup.

    report.py TRAILVIEW FIXTURES

Elements are closed, ids are unique and links lead to them, style and script have the hashes that
the Content-Security-Policy names, and nothing comes from elsewhere. Where the page goes, and where
it does not. Works in the current folder.
"""
import base64
import hashlib
import html.parser
import json
import os
import re
import subprocess
import sys

TRAILVIEW, FIXTURES = sys.argv[1:3]
VOID = {"meta", "input", "br", "path", "line"}
TAGS = VOID | set("""html head title style body a header h1 h2 h3 p nav ul li main section dl div dt
dd span table thead tbody tr th td noscript details summary ol em b small script footer svg g text
circle rect""".split())
failures = []


class Page(html.parser.HTMLParser):
    def __init__(self, text, what):
        super().__init__(convert_charrefs=True)
        self.what, self.open, self.ids, self.links, self.texts = what, [], [], [], {}
        self.feed(text)
        self.check(not self.open, f"{self.open} are not closed")
        self.check(len(set(self.ids)) == len(self.ids), "an id is there twice")
        self.check(all(link[0] == "#" and link[1:] in self.ids for link in self.links),
                   f"links lead nowhere: {[x for x in self.links if x[1:] not in self.ids][:5]}")

    def check(self, is_right, words):
        if not is_right:
            failures.append(f"{self.what}: {words}")

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        self.check(tag in TAGS, f"there is <{tag}>")
        self.check(not [n for n in names if n.startswith("on") or n in ("style", "src")],
                   f"<{tag}> has {names}")
        self.ids += [names["id"]] if "id" in names else []
        self.links += [names["href"]] if "href" in names else []
        if "Content-Security-Policy" in names.values():
            self.texts["policy"] = names["content"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        self.check(self.open and self.open.pop() == tag, f"</{tag}> closes something else")

    def handle_data(self, data):
        if self.open and self.open[-1] in ("style", "script", "title"):
            self.texts.setdefault(self.open[-1], []).append(data)
        else:
            self.check(not re.search("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e"
                                     "\u2066-\u2069\ufeff]", data), f"has {data!r}")


def run(*arguments):
    done = subprocess.run([TRAILVIEW, *arguments], capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def look_at(*arguments):
    """The page of the runs, to standard output; its parts by name."""
    what = "report " + " ".join(arguments)
    status, text, complaint = run("report", "-o", "-", *arguments)
    if status != 0:
        failures.append(f"{what}: {complaint}")
        return {}
    page = Page(text, what)
    page.check(text.startswith("<!DOCTYPE html>") and text.endswith("</html>\n"), "no whole page")
    for name, kept in (("style", page.texts["style"][0]), ("script", page.texts["script"][-1])):
        digest = base64.b64encode(hashlib.sha256(kept.encode()).digest()).decode()
        page.check(f"{name}-src 'sha256-{digest}'" in page.texts["policy"], f"{name} is kept out")
    for data in page.texts["script"][:-1]:
        json.loads(data)
        page.check("<" not in data, "data has what could be markup")
    return page.texts


def fixture(name):
    return os.path.join(FIXTURES, name)


def refused(words, path):
    status, _, complaint = run("-d", fixture("shop.db"), "report", "-o", path)
    if status != 2 or words not in complaint or complaint.count("\n") != 1:
        failures.append(f"-o {path}: {status} {complaint}")


def try_conclusion():
    """What diff says below its table stands in the page, too: of order, times and busy machines."""
    sides = [fixture(f"busy.db:@side={side}") for side in "ab"]
    for more in ([], ["--quiet-only"]):
        said = run("diff", *more, *sides)[1].rstrip("\n").split("\n\n")[-1].split("\n")[1:]
        page = run("report", "-o", "-", *more, *sides)[1]
        missing = [line for line in said if f'<p class="note">{line}</p>' not in page]
        if missing or not all(any(line.startswith(word) for line in said)
                              for word in ("order: ", "time: ", "busy: ")):
            failures.append(f"report {more} of two sets: {missing} of {said}")


def try_files():
    """By name the page goes into the current folder, and to nothing but a file."""
    for name in os.listdir("."):
        if name.startswith("trail-"):
            os.remove(name)
    for arguments, name in (([], "trail-run3-shop.exe.html"), (["1", "2"],
                                                               "trail-run1-run2-python3.11.html")):
        status, text, complaint = run("-d", fixture("shop.db"), "report", "--format", "json",
                                      *arguments)
        try:
            row, = json.loads(text)
            assert status == 0 and row["file"] == name and row["bytes"] == os.path.getsize(name)
        except (AssertionError, ValueError, OSError):
            failures.append(f"report {arguments}: {text}{complaint}")
    os.makedirs("folder.html", exist_ok=True)
    refused("it is a folder", "folder.html")
    if os.path.lexists("link.html"):
        os.remove("link.html")
    os.symlink("nowhere", "link.html")
    refused("it is a link to nothing", "link.html")
    refused("No such file or directory", "nowhere/x.html")
    left = sorted(name for name in os.listdir(".") if name.endswith(".new"))
    if left:
        failures.append(f"left behind: {left}")


def main():
    for name in ("hostile", "attached", "recording", "full", "signals"):
        look_at(fixture(f"{name}.db"))
    shop = fixture("shop.db")
    texts = look_at(f"{shop}:1", f"{shop}:2")
    if texts and not "".join(texts["title"]).startswith("Run 1 and run 2: "):
        failures.append(f"title: {texts['title'][:1]}")
    look_at(f"{shop}:@build=100", f"{shop}:@build=101")
    look_at(f"{shop}:1", f"{shop}:2", f"{shop}:3")
    look_at(fixture("hostile.db"), f"{shop}:1")
    try_conclusion()
    try_files()
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


sys.exit(main())
