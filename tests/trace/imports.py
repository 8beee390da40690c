#!/usr/bin/env python3
"""What Trail reads of images' imports is what readelf and objdump read of them.

    imports.py IMAGE_IMPORTS READELF OBJDUMP

Images: this machine's programs and shared libraries (ELF), and Wine's DLLs where there are some.
"""
import glob
import re
import subprocess
import sys
from collections import defaultdict

ELF_FILES = 80
DLL_STEP = 4 # of some 600


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout.decode('utf-8', 'replace')


def elf_files():
    found = []
    for pattern in ('/usr/bin/*', '/usr/lib/x86_64-linux-gnu/*.so*', '/lib/x86_64-linux-gnu/*.so*',
                    '/usr/lib/x86_64-linux-gnu/*/*.so', '/usr/lib/python3/dist-packages/*.so'):
        paths = []
        for path in sorted(glob.glob(pattern)):
            try:
                with open(path, 'rb') as file:
                    if file.read(5) == b'\177ELF\2':
                        paths.append(path)
            except OSError:
                pass
        found += paths[::max(1, len(paths) * 5 // ELF_FILES)]
    return found


def by_readelf(path, readelf):
    """{kind: {name or (name, version)}}"""
    of = defaultdict(set)
    words = {'NEEDED': 'needed', 'RPATH': 'rpath', 'RUNPATH': 'runpath'}
    for tag, name in re.findall(r'\((NEEDED|RPATH|RUNPATH)\)[^\[]*\[(.*)\]$',
                                run(readelf, '-dW', path), re.MULTILINE):
        of[words[tag]].add((name,))
    for name in re.findall(r'interpreter: (.*)\]$', run(readelf, '-lW', path), re.MULTILINE):
        of['interpreter'].add((name,))
    text = run(readelf, '-VW', path)
    file = None
    for line in text.partition('Version needs section')[2].splitlines():
        match = re.search(r'File: (\S+)\s+Cnt:', line)
        if match:
            file = match[1]
        match = re.search(r'\sName: (\S+)\s+Flags:', line)
        if match:
            of['version'].add((file, match[1]))
    return of


def by_objdump(path, objdump):
    of = defaultdict(set)
    text = run(objdump, '-p', path)
    for name in re.findall(r'^\tDLL Name: (.*)$', text, re.MULTILINE):
        of['needed'].add((name,))
    return of


def by_trail(program, paths):
    all_of = defaultdict(lambda: defaultdict(set))
    for line in run(program, *paths).splitlines():
        path, kind, *names = line.split('\t')
        all_of[path][kind].add(tuple(names))
    return all_of


def compare(program, paths, reference, kinds):
    trail = by_trail(program, paths)
    wrong = 0
    count = 0
    for path in paths:
        expected = reference(path)
        for kind in kinds:
            count += len(expected[kind])
            if trail[path][kind] != expected[kind]:
                wrong += 1
                print(f'{path}: {kind}: only Trail: {trail[path][kind] - expected[kind]}, '
                      f'not Trail: {expected[kind] - trail[path][kind]}')
    print(f'{len(paths)} images, {count} imports compared')
    return wrong if count > len(paths) else 1


def main():
    program, readelf, objdump = sys.argv[1:]
    files = elf_files()
    if len(files) < 50:
        print(f'only {len(files)} ELF files on this machine')
        return 1
    wrong = compare(program, files, lambda path: by_readelf(path, readelf),
                    ('needed', 'rpath', 'runpath', 'interpreter', 'version'))
    dlls = sorted(glob.glob('/usr/lib/x86_64-linux-gnu/wine/x86_64-windows/*.dll'))[::DLL_STEP]
    if dlls:
        wrong += compare(program, dlls, lambda path: by_objdump(path, objdump), ('needed',))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
