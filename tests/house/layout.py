"""How the sources are laid: rooms, sizes, columns, clang-format."""
import os
import re
import shutil
import subprocess

ROOM_MAX = 15  # .c files side by side
HEADER_MAX, FUNCTION_MAX, COLUMNS_MAX = 150, 60, 100
FOLDERS = ('recorder', 'schema', 'viewer', 'samples', 'tests')
PROGRAM_FOLDERS = FOLDERS[:3]
LISTS = ('commands', 'formats')  # one file for each row of a list
NOT_OURS = ('build', 'node_modules', '__pycache__')
HAND_WRITTEN = ('.c', '.h', '.def', '.sql', '.cmake', '.sh', '.py')


class Skipped(Exception):
    pass


def files(root, folders=FOLDERS):
    """All files below the folders, as paths that start at root."""
    for top in folders:
        for folder, below, names in os.walk(root / top):
            below[:] = sorted(name for name in below if name not in NOT_OURS)
            for name in sorted(names):
                yield (root / folder / name).relative_to(root)


def lines_of(root, path):
    return (root / path).read_text(encoding='utf-8', errors='replace').splitlines()


def check_rooms(tree):
    rooms = {}
    for path in files(tree.root, PROGRAM_FOLDERS):
        if path.suffix == '.c' and path.parent.name not in LISTS:
            rooms.setdefault(path.parent, []).append(path.name)
    return [f'{room}/: {len(names)} .c files side by side, at most {ROOM_MAX}'
            for room, names in sorted(rooms.items()) if len(names) > ROOM_MAX]


def plant_room(tree):
    for i in range(ROOM_MAX + 1):
        tree.write(f'recorder/crowded/file{i}.c', '')
        tree.write(f'viewer/commands/file{i}.c', '')
        tree.write(f'schema/half/file{i // 2}.c', '')
    return ['recorder/crowded/']


def functions(lines):
    """(first line, count) of each function, laid by .clang-format: braces at the margin."""
    start = 0
    for number, line in enumerate(lines):
        if line == '{':
            start = number
            while start > 0 and lines[start - 1] and not re.match(r' ?\*/|/\*|//|#|}',
                                                                  lines[start - 1]):
                start -= 1
        elif line == '}':
            yield start + 1, number + 1 - start


def check_sizes(tree):
    found = []
    for path in files(tree.root):
        if path.suffix not in ('.c', '.h'):
            continue
        lines = lines_of(tree.root, path)
        if path.suffix == '.h' and len(lines) > HEADER_MAX:
            found.append(f'{path}: {len(lines)} lines, at most {HEADER_MAX} for a header')
        found += [f'{path}:{first}: a function of {count} lines, at most {FUNCTION_MAX}'
                  for first, count in functions(lines) if count > FUNCTION_MAX]
    return found


def plant_sizes(tree):
    tree.write('schema/long.h', '\n' * (HEADER_MAX + 1))
    tree.write('schema/fits.h', '\n' * HEADER_MAX)
    for name, count in (('long', FUNCTION_MAX - 2), ('fits', FUNCTION_MAX - 3)):
        tree.write(f'viewer/{name}.c', 'int before;\n\n/* What it is. */\nint f(void)\n{\n'
                   + '    g();\n' * count + '}\n')
    return ['schema/long.h', 'viewer/long.c:4:']


def is_hand_written(root, path):
    if path.suffix in HAND_WRITTEN or path.name == 'CMakeLists.txt':
        return True
    if path.suffix:
        return False
    with open(root / path, 'rb') as file:
        return file.read(2) == b'#!'


def measured(path, lines):
    """The numbered lines that could be broken: without what a sample expects, here-documents, which
    are another program's text, and lines of one word (a hash)."""
    end = None
    for number, line in enumerate(lines, 1):
        if end is not None:
            end = None if line.strip() == end else end
            continue
        here = re.search(r"<<-?\s*['\"]?([A-Za-z_]+)['\"]?", line)
        if here and path.suffix in ('.sh', ''):
            end = here.group(1)
        if ' ' in line.strip() and not (path.parts[0] == 'samples' and 'EXPECT' in line):
            yield number, line


def check_columns(tree):
    root = tree.root
    paths = [path for path in files(root) if is_hand_written(root, path)]
    paths += [path.relative_to(root) for path in sorted(root.glob('CMakeLists.txt'))]
    return [f'{path}:{number}: {len(line)} columns, at most {COLUMNS_MAX}'
            for path in paths for number, line in measured(path, lines_of(root, path))
            if len(line) > COLUMNS_MAX]


def plant_columns(tree):
    long = 'x ' * (COLUMNS_MAX // 2) + 'x'
    tree.write('recorder/long.c', f'/* fits */\n{long}\n')
    tree.write('schema/sql/long.sql', long)
    tree.write('tests/CMakeLists.txt', long)
    tree.write('CMakeLists.txt', long)
    tree.write('tests/long', f'#!/bin/sh\n{long}\n')
    tree.write('tests/here.sh', f"cat <<'EOF'\n{long}\nEOF\n{long}\n")
    tree.write('tests/fits.py', f'{long[1:]}\n')
    tree.write('tests/data', long)
    tree.write('tests/hash.cmake', 'f' * (COLUMNS_MAX + 1))
    tree.write('samples/expects.c', f'// EXPECT {long}\n')
    tree.write('build/generated.c', long)
    return ['recorder/long.c:2:', 'schema/sql/long.sql:1:', 'tests/CMakeLists.txt:1:',
            'tests/long:2:', 'tests/here.sh:4:', 'CMakeLists.txt:1:']


FILE_FUNCTIONS = re.compile(
    r'(?<![\w.>])(_?w?fopen|freopen|_?w?(?:rename|remove|unlink)|tmpfile)\(')


def check_files(tree):
    """Files have one door: the narrow functions of Windows take no UTF-8, and all of them follow
    links and overwrite what is not ours."""
    return [f'{path}:{number}: {found.group(1)}; schema/file.h opens, replaces and takes away files'
            for path in files(tree.root, PROGRAM_FOLDERS)
            if path.suffix == '.c' and path.parts[:2] != ('recorder', 'platform')
            and path.as_posix() != 'schema/file.c'
            for number, line in enumerate(lines_of(tree.root, path), 1)
            for found in [FILE_FUNCTIONS.search(line)] if found]


def plant_files(tree):
    tree.write('viewer/opens.c', 'FILE *f = fopen(path, "rb");\n')
    tree.write('recorder/removes.c', '\n    remove(path);\n')
    tree.write('schema/file.c', 'fopen(path, "rb");\n')
    tree.write('recorder/platform/x/y.c', 'fopen(path, "rb");\n')
    tree.write('viewer/fits.c', 'list_remove(x); list->remove(x); /* to remove (x) */\n')
    return ['viewer/opens.c:1:', 'recorder/removes.c:2:']


def find_clang_format():
    for name in ('clang-format-14', 'clang-format'):
        program = shutil.which(name)
        if program and ' version 14.' in subprocess.run([program, '--version'], text=True,
                                                        stdout=subprocess.PIPE).stdout:
            return program
    raise Skipped("there is no clang-format 14 (Debian 12's); other versions lay differently")


def check_format(tree):
    program = find_clang_format()
    style = tree.root / '.clang-format'
    paths = [str(path) for path in files(tree.root) if path.suffix in ('.c', '.h')]
    result = subprocess.run([program, f'--style=file:{style}', '--dry-run', *paths],
                            cwd=tree.root, text=True, stderr=subprocess.PIPE)
    found = re.findall(r'^(\S+?):\d+:\d+: warning: code should be', result.stderr, re.MULTILINE)
    return [f'{path}: not laid by .clang-format' for path in dict.fromkeys(found)]


def plant_format(tree):
    tree.write('.clang-format', 'BasedOnStyle: LLVM\n')
    tree.write('viewer/crooked.c', 'int  f( void );\n')
    tree.write('viewer/laid.c', 'int f(void);\n')
    return ['viewer/crooked.c']
