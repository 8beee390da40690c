#!/usr/bin/env python3
"""What the guides (*.md) name exists: the targets of links, files of this repository, options and
commands of trailrec and trailview; and every option and command is named where it is described.

    guides.py SOURCES TRAILREC TRAILVIEW GUIDE...     the guides that are installed
    guides.py --planted SOURCES ...                   mistakes are planted, and each must be found
"""
import glob
import os
import re
import subprocess
import sys

FOR_USERS = ("README.md", "recorder/README.md", "viewer/README.md", "samples/recipes.md")
OTHERS_OPTIONS = {"--cap-add"}
MADE_UP = "recorder/platform/freebsd"  # the porting guide's example
FOLDERS = "recorder|viewer|schema|samples|tests"
SOURCE_NAME = re.compile(r"[\w/.*-]+\.(?:c|h|def|sql|cmake|rows|md|txt)")
OPTION = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")
README_LINES, README_COLUMNS = 150, 80


def run(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout


class Help:
    """Which options and commands the programs say they have."""

    def __init__(self, trailrec, trailview):
        self.recorder = set(OPTION.findall(run(trailrec, "--help")))
        overview = run(trailview, "help")
        listed = overview.split("commands:", 1)[1].split("\n\n", 1)[0]
        self.commands = {
            name: set(OPTION.findall(run(trailview, "help", name)))
            for name in re.findall(r"^  (\w+)", listed, re.M)
        }
        self.viewer = set(OPTION.findall(overview)).union(*self.commands.values())


def split(text):
    """(the lines of code blocks, the code within prose, the prose without blocks)"""
    blocks, prose, in_block, blank = [], [], False, True
    for line in text.split("\n"):
        in_block = line.startswith("    ") and (in_block or blank) or in_block and not line.strip()
        blank = not line.strip()
        (blocks if in_block else prose).append(line)
    prose = "\n".join(prose)
    inline = [re.sub(r"\s+", " ", code) for code in re.findall(r"`([^`]+)`", prose)]
    return blocks, inline, prose


def slugs(text):
    names = re.findall(r"^#+ (.*)", split(text)[2], re.M)
    return {re.sub(r"[^\w -]", "", name.lower()).replace(" ", "-") for name in names}


def expand(path):
    """A path as the guides write it (x/{a,b}.c, commands/NAME.c), as patterns for glob."""
    braces = re.search(r"\{([^}]*)\}", path)
    if braces:
        for choice in braces.group(1).split(","):
            yield from expand(path[: braces.start()] + choice + path[braces.end() :])
    else:
        yield path
        yield re.sub(r"(?<![A-Za-z])[A-Z]{2,}(?![A-Za-z])|(?<=_)N\b", "*", path)


def exists(root, path):
    alternatives = list(expand(path))
    return all(
        glob.glob(os.path.join(root, exact)) or glob.glob(os.path.join(root, pattern))
        for exact, pattern in zip(alternatives[::2], alternatives[1::2])
    )


def check_links(guide, prose, guides, root, installed):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        path = os.path.normpath(os.path.join(os.path.dirname(guide), path)) if path else guide
        if not os.path.exists(os.path.join(root, path)):
            yield f"the link to {target} leads to no file"
        elif anchor and anchor not in slugs(guides[path]):
            yield f"the link to {target} leads to no heading"
        elif path not in installed:
            yield f"the link to {target} leads to a file that is not installed"


def check_files(guide, blocks, inline, prose, root, names):
    text = prose + "\n".join(blocks)
    for path in re.findall(rf"(?<![\w/.$~-])((?:{FOLDERS})/[\w./*{{}},-]+)", text):
        path = path.rstrip(".,")
        beside = os.path.join(root, os.path.dirname(guide))
        if not (path.startswith(MADE_UP) or exists(root, path) or exists(beside, path)):
            yield f"there is no {path}"
    for code in inline:
        if code.startswith(MADE_UP) or not SOURCE_NAME.fullmatch(code):
            continue
        if not any(
            re.search("(^|/)" + re.escape(pattern).replace(r"\*", "[^/]*") + "$", names, re.M)
            for pattern in expand(code)
        ):
            yield f"there is no {code}"


def check_command(line, programs):
    """One line in which a program of ours may be called."""
    line = re.sub(r"\$\([^)]*\)", "", line)
    for program, rest in re.findall(r"(?:^|[\s(;&|])(trailrec|trailview)(?=\s)([^|;&`]*)", line):
        words = [word.strip("[]().,'\"") for word in rest.split()]
        if program == "trailrec":
            words = words[: words.index("--")] if "--" in words else words
            known, of = programs.recorder, "trailrec"
        else:
            command = next((word for word in words if word in programs.commands), None)
            first = [word for word in re.sub(r"-(d|f) \S+|--\w+ \S+", "", rest).split()][:1]
            if first and re.fullmatch("[a-z]+", first[0]) and first[0] not in programs.commands:
                yield f"trailview has no command {first[0]}"
            known, of = programs.commands.get(command, programs.viewer), f"trailview {command}"
        for word in words:
            option = OPTION.match(word)
            if option and option.group() not in known:
                yield f"{of} has no option {option.group()}"


def check_options(guide, blocks, inline, programs):
    for line in [re.sub(r"^\s*[$>#] ", "", line) for line in blocks] + inline:
        yield from check_command(line.strip(), programs)
    for code in inline if guide in FOR_USERS else []:
        option = OPTION.match(code)
        if option and option.group() not in programs.recorder | programs.viewer | OTHERS_OPTIONS:
            yield f"no program has the option {option.group()}"


def check_complete(guides, programs):
    said = set(OPTION.findall(" ".join(split(guides["recorder/README.md"])[1])))
    for option in programs.recorder - said - {"--help", "-h", "--version", "--"}:
        yield f"recorder/README.md: does not name the option {option}"
    said = " ".join(split(guides["viewer/README.md"])[1]).split()
    for command in programs.commands.keys() - set(said):
        yield f"viewer/README.md: does not name the command {command}"


def check_readme(text):
    lines = text.split("\n")[:-1]
    if len(lines) > README_LINES:
        yield f"has {len(lines)} lines, and should have {README_LINES} at most"
    for line in split(text)[0]:
        if len(line) - 4 > README_COLUMNS:
            yield f"an example is wider than {README_COLUMNS} columns: {line.strip()}"


def check(guides, root, programs, installed, names):
    """All mistakes, one line each."""
    mistakes = list(check_complete(guides, programs))
    for guide, text in sorted(guides.items()):
        blocks, inline, prose = split(text)
        found = list(check_links(guide, prose, guides, root, installed))
        found += check_files(guide, blocks, inline, prose, root, names)
        found += check_options(guide, blocks, inline, programs)
        found += check_readme(text) if guide == "README.md" else []
        found += [] if guide in installed else ["is not installed (TRAIL_GUIDES in CMakeLists.txt)"]
        mistakes += [f"{guide}: {mistake}" for mistake in found]
    return mistakes


PLANTED = (
    ("README.md", "](recorder/README.md)", "](recorder/READ.md)", "leads to no file"),
    ("README.md", "#what-it-costs", "#what-it-took", "leads to no heading"),
    ("README.md", "samples/quickstart.sh", "samples/quickstrat.sh", "no samples/quickstrat.sh"),
    ("README.md", "trailview diff\n", "trailview dif\n", "no command dif"),
    ("README.md", "\n## Words", "\n" * 40 + "\n## Words", "should have 150 at most"),
    ("recorder/README.md", "`--then kill", "`--them kill", "no program has the option --them"),
    ("recorder/README.md", "`--warmup N`", "`warmup N`", "does not name the option --warmup"),
    ("samples/recipes.md", "trailrec -q -o ../try.db", "trailrec -q -O ../try.db", "no option -O"),
    ("viewer/README.md", "stats @build=102 --only", "stats @build=102 --just", "no option --just"),
    ("viewer/README.md", "`recover`", "`recovery`", "does not name the command recover"),
    ("schema/README.md", "`db.c`", "`database.c`", "no database.c"),
)


def main(arguments):
    planted = arguments[0] == "--planted"
    root, trailrec, trailview, *installed = arguments[1:] if planted else arguments
    programs = Help(trailrec, trailview)
    files = []
    for folder, folders, found in os.walk(root):
        folders[:] = [name for name in folders if name != "build" and not name.startswith(".")]
        files += [os.path.relpath(os.path.join(folder, name), root) for name in found]
    guides = {}
    for name in (name for name in files if name.endswith(".md")):
        with open(os.path.join(root, name), encoding="utf-8") as file:
            guides[name] = file.read()
    rest = (root, programs, set(installed), "\n".join(files))

    mistakes = check(guides, *rest)
    for guide, old, new, expected in PLANTED if planted else []:
        assert old in guides[guide], f"{guide} has no '{old}' any more: plant another mistake"
        found = check({**guides, guide: guides[guide].replace(old, new)}, *rest)
        if not any(expected in mistake for mistake in found):
            mistakes.append(f"a planted mistake was not found: '{new}' in {guide}")
    print("\n".join(mistakes) or f"{len(guides)} guides, no mistake")
    return 1 if mistakes else 0


sys.exit(main(sys.argv[1:]))
