"""Who needs whom: circles and arrows between the files, from the object files and the includes."""
import os
import re
import subprocess
from pathlib import Path

import layout

# of viewer/compare; each may need those before it
ROOMS = ('model', 'match', 'order', 'times', 'diff', 'answer', 'trend')
SEAM = ('recorder/platform.h', 'recorder/os.h', 'recorder/event.h', 'recorder/look.h',
        'recorder/debug_text.h', 'recorder/os_newcomers.h', 'recorder/os_shared.h',
        'recorder/stack_copy.h', 'schema/array.h', 'schema/error.h', 'schema/text.h',
        'schema/file.h')
# of the C library, with one of ours in front: no room needs another for it
STAND_INS = {'dlopen'}
DEBUGGER = re.compile(r'_?(ptrace|waitpid|WaitForDebugEvent(Ex)?)(@.*)?$')


class Tree:
    """The sources, and a build tree of them."""

    def __init__(self, root, build, cc, nm, include):
        self.root, self.build, self.cc, self.nm, self.include = root, build, cc, nm, include

    def over(self, root, build):
        return Tree(root, build, self.cc, self.nm, self.include)

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def compile(self, path, text):
        """Writes a source, and its object file where CMake would put it."""
        self.write(path, text)
        folder, name = os.path.split(path)
        to = self.build / folder / 'CMakeFiles/planted.dir' / (name + '.o')
        to.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([self.cc, '-c', '-o', to, self.root / path], check=True)

    def symbols(self, *paths):
        """{path: (defined, undefined)}, of what nm says of the files."""
        if not paths:
            return {}
        text = subprocess.run([self.nm, '-A', '-g', *map(str, paths)], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        found = {str(path): (set(), set()) for path in paths}
        for line in text.splitlines():
            path, rest = line.split(':', 1) if line[1:2] != ':' else line[2:].split(':', 1)
            kind, name = rest.split()[-2:]
            if kind not in 'VvWw' and name not in STAND_INS:
                found[path][kind == 'U'].add(name)
        return found


def source_of(tree, path):
    """The source that an object file was made of, from root; None if it is there no more."""
    folder, inside = re.split(r'/CMakeFiles/[^/]+\.dir/', str(path.relative_to(tree.build)))
    source = Path(folder, inside.replace('__', '..'))
    source = Path(os.path.normpath(source)).with_suffix('')
    return source if (tree.root / source).is_file() else None


def read_objects(tree):
    """{source: (defined, undefined)} of the programs' own files."""
    paths = [path for top in layout.PROGRAM_FOLDERS for suffix in ('.c.o', '.c.obj')
             for path in (tree.build / top).rglob('*' + suffix)]
    sources = {str(path): source_of(tree, path) for path in paths}
    symbols = tree.symbols(*[path for path in paths if sources[str(path)]])
    return {sources[path]: found for path, found in symbols.items()}


def edges(objects):
    """{source: {needed source: [symbol]}}. What several files define (the platforms do) counts for
    the one in the same folder, else for none."""
    definers, found = {}, {source: {} for source in objects}
    for source, (defined, _) in objects.items():
        for symbol in defined:
            definers.setdefault(symbol, []).append(source)
    for source, (_, undefined) in objects.items():
        for symbol in sorted(undefined):
            there = definers.get(symbol, [])
            near = [other for other in there if other.parent == source.parent]
            for other in near or (there if len(there) == 1 else []):
                found[source].setdefault(other, []).append(symbol)
    return found


def reach(graph, start):
    """{file: the file that needs it} of all that start needs, directly or not."""
    came_from, open_ends = {}, [start]
    while open_ends:
        source = open_ends.pop(0)
        for other in sorted(graph[source]):
            if other not in came_from:
                came_from[other] = source
                open_ends.append(other)
    return came_from


def check_circles(tree):
    """Circles between files of one folder or of one platform, each told once, as short as it is."""
    graph = edges(read_objects(tree))
    near = {source: {other for other in needed if other.parent == source.parent
                     or (platform_of(other) and platform_of(other) == platform_of(source))}
            for source, needed in graph.items()}
    found, told = [], set()
    for source in sorted(near):
        came_from = reach(near, source)
        if source not in came_from or source in told:
            continue
        way = [source]
        while came_from[way[0]] != source:
            way.insert(0, came_from[way[0]])
        way.insert(0, source)
        told.update(way)
        steps = [f'{a.name} needs {b.name} ({graph[a][b][0]})' for a, b in zip(way, way[1:])]
        found.append(f'{source.parent}/: ' + ', '.join(steps))
    return found


def plant_circle(tree):
    tree.compile('recorder/a.c', 'int b(void); int a(void) { return b(); }')
    tree.compile('recorder/b.c', 'int c(void); int b(void) { return c(); }')
    tree.compile('recorder/c.c', 'int a(void); int c(void) { return a(); }')
    tree.compile('recorder/line.c', 'int a(void); int line(void) { return a(); }')
    tree.compile('schema/up.c', 'int down(void); int up(void) { return down(); }')
    tree.compile('schema/sql/down.c', 'int up(void); int down(void) { return up(); }')
    tree.compile('recorder/platform/one/d.c', 'int e(void); int d(void) { return e(); }')
    tree.compile('recorder/platform/one/low/e.c', 'int d(void); int e(void) { return d(); }')
    return ['recorder/: a.c needs b.c (b), b.c needs c.c (c), c.c needs a.c (a)',
            'recorder/platform/one/: d.c needs e.c (e), e.c needs d.c (d)']


def room_of(path):
    return path.parts[2] if path.parts[:2] == ('viewer', 'compare') and len(path.parts) > 3 else ''


def platform_of(path):
    return path.parts[2] if path.parts[:2] == ('recorder', 'platform') else ''


def arrow_is_wrong(source, needed):
    """Why source must not need the other file; None if it may."""
    top, other = source.parts[0], needed.parts[0]
    if top != other and other != 'schema':
        return f'{top} does not see {other}'
    if top == other == 'viewer' and source.parent.name == needed.parent.name == 'commands' \
            and source.stem != needed.stem and needed.stem != 'commands':
        return 'a command does not see another'
    if room_of(source) in ROOMS and room_of(needed) in ROOMS \
            and ROOMS.index(room_of(source)) < ROOMS.index(room_of(needed)):
        return f'{room_of(source)} does not see {room_of(needed)}'
    if source.parts[:2] == ('recorder', 'store') and platform_of(needed):
        return 'store does not see a platform'
    if platform_of(source) and platform_of(needed) not in ('', platform_of(source)):
        return 'a platform does not see another'
    return None


def include_is_wrong(source, needed):
    """The same of an include: of a platform more is known by it than by symbols."""
    if platform_of(source) and not platform_of(needed) and str(needed) not in SEAM \
            and needed.parts[:2] != ('recorder', 'image'):
        return 'a platform sees platform.h, os.h, events, image/, errors, arrays, texts and files'
    if source == Path('schema/recovery.h') or needed == Path('schema/recovery.h'):
        return None
    return arrow_is_wrong(source, needed)


def included(tree, source, name, headers):
    """The header that an include means: beside the source, else in its top folder, else below."""
    if tree.root / source.parent / name in headers:
        return source.parent / name
    there = [path for path in headers if str(path).endswith('/' + name)]
    there = [path.relative_to(tree.root) for path in there]
    rank = (source.parts[0], 'schema')
    there.sort(key=lambda path: (rank.index(path.parts[0]) if path.parts[0] in rank else 2,
                                 -len(os.path.commonpath([path, source])), len(path.parts)))
    return there[0] if there else None


def read_includes(tree):
    """Pairs of a source and a header that it includes."""
    paths = list(layout.files(tree.root, layout.PROGRAM_FOLDERS))
    headers = {tree.root / path for path in paths if path.suffix in ('.h', '.def')}
    for source in paths:
        if source.suffix not in ('.c', '.h'):
            continue
        text = (tree.root / source).read_text(encoding='utf-8')
        for name in re.findall(r'^#include "([^"]+)"', text, re.MULTILINE):
            needed = included(tree, source, name, headers)
            if needed and needed != source:
                yield source, needed


def check_arrows(tree):
    found = []
    for source, needed in read_includes(tree):
        why = include_is_wrong(source, needed)
        if why:
            found.append(f'{source} includes {needed}: {why}')
    for source, others in sorted(edges(read_objects(tree)).items()):
        for needed, symbols in others.items():
            why = arrow_is_wrong(source, needed)
            # recovery.h of schema is implemented by the recorder, which alone knows how; os.h by
            # the host's platform, for the scripted one too
            symbols = [name for name in symbols if not name.startswith(('recovery_', 'os_'))]
            if why and symbols:
                found.append(f'{source} needs {needed} ({symbols[0]}): {why}')
    return found


def plant_arrows(tree):
    for path in ('recorder/ring.h', 'recorder/os.h', 'recorder/platform/one/own.h',
                 'viewer/output/sheet.h', 'viewer/compare/diff/diff.h'):
        tree.write(path, '')
    tree.compile('recorder/ring.c', '#include "ring.h"\nint recovery_of(void) { return 1; }\n'
                 'int ring(void) { return 0; }')
    tree.compile('viewer/main.c', 'int ring(void); int recovery_of(void);\n'
                 'int main(void) { return ring() + recovery_of(); }')
    tree.write('viewer/sees.c', '#include "output/sheet.h"\n#include "ring.h"\n')
    tree.write('recorder/platform/one/a.c',
               '#include "own.h"\n#include "os.h"\n#include "ring.h"\n')
    tree.compile('viewer/commands/one.c', 'int one(void) { return 1; }')
    tree.compile('viewer/commands/two.c', 'int one(void); int two(void) { return one(); }')
    tree.write('viewer/compare/model/low.c', '#include "compare/diff/diff.h"\n')
    tree.write('viewer/compare/diff/high.c', '#include "compare/diff/diff.h"\n')
    tree.compile('recorder/platform/one/b.c', 'int start(void) { return 1; }')
    tree.compile('recorder/store/rows.c', 'int start(void); int rows(void) { return start(); }')
    return ['viewer/sees.c includes recorder/ring.h', 'viewer/main.c needs recorder/ring.c (ring)',
            'recorder/platform/one/a.c includes recorder/ring.h',
            'viewer/commands/two.c needs viewer/commands/one.c', 'viewer/compare/model/low.c',
            'recorder/store/rows.c needs recorder/platform/one/b.c (start)']


def check_headers(tree):
    """Each header compiles by itself; those of other systems' platforms are left out."""
    built = {platform_of(source) for source in read_objects(tree)}
    system = sorted(built - {'', 'fake'})
    folders = [tree.root / top for top in layout.PROGRAM_FOLDERS]
    folders += [tree.root / 'recorder/platform' / name for name in system]
    folders.append(tree.root / 'viewer/output')
    folders += [tree.build / top for top in layout.PROGRAM_FOLDERS]
    found = []
    for path in layout.files(tree.root, layout.PROGRAM_FOLDERS):
        if path.suffix != '.h' or platform_of(path) not in built | {''}:
            continue
        done = subprocess.run(
            [tree.cc, '-std=c11', '-D_GNU_SOURCE', '-fsyntax-only', '-Werror', '-x', 'c', '-',
             *[f'-I{folder}' for folder in [*folders, *tree.include]]], check=False, text=True,
            input=f'#include "{tree.root / path}"\nint used;\n', stderr=subprocess.PIPE)
        if done.returncode:
            found.append(f'{path}: ' + (re.findall('error: (.*)', done.stderr) or ['fails'])[0])
    return found


def plant_headers(tree):
    tree.compile('recorder/platform/one/a.c', 'int a;')
    tree.write('schema/text.h', '#include <stddef.h>\nsize_t text(void);\n')
    tree.write('viewer/whole.h', '#include "text.h"\nvoid whole(size_t size);\n')
    tree.write('viewer/half.h', 'void half(size_t size);\n')
    tree.write('recorder/platform/one/low.h', 'void low(pid_t pid);\n')
    tree.write('recorder/platform/two/other.h', 'void other(pid_t pid);\n')
    return ['viewer/half.h', 'recorder/platform/one/low.h']


def check_debugger(tree):
    """No function of a debugger is linked into trailview."""
    programs = [path for path in (tree.build / 'viewer').glob('trailview*')
                if path.suffix in ('', '.exe') and path.is_file()]
    if not programs:
        return [f'there is no trailview in {tree.build}']
    return [f'{path.name} has {symbol}' for path, found in tree.symbols(*programs).items()
            for symbol in sorted(found[0] | found[1])
            for path in [Path(path)] if DEBUGGER.match(symbol.replace('__imp_', ''))]


def plant_debugger(tree):
    tree.write('debugs.c', 'int ptrace(void) { return 0; } int waitpid_not(void) { return 0; }\n'
               'int main(void) { return ptrace(); }\n')
    (tree.build / 'viewer').mkdir(parents=True)
    subprocess.run([tree.cc, '-fno-builtin', '-o', tree.build / 'viewer/trailview',
                    tree.root / 'debugs.c'], check=True)
    return ['has ptrace']
