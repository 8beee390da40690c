#!/usr/bin/env python3
"""What holds for the house as a whole, see CONTRIBUTING.md.

    check_house.py CHECK --sources DIR [--build DIR --cc CC --nm NM --include DIR]

Each check first runs over a small planted tree that breaks its rule, and fails if it does not
report that. Then it runs over the real one: exit status 0 if nothing was found, 1 if something
was, 77 (skipped) where a tool is missing.
"""
import argparse
import sys
import tempfile
from pathlib import Path

import layout
import objects

CHECKS = {
    'circles': (objects.check_circles, objects.plant_circle),
    'arrows': (objects.check_arrows, objects.plant_arrows),
    'headers': (objects.check_headers, objects.plant_headers),
    'debugger': (objects.check_debugger, objects.plant_debugger),
    'rooms': (layout.check_rooms, layout.plant_room),
    'sizes': (layout.check_sizes, layout.plant_sizes),
    'columns': (layout.check_columns, layout.plant_columns),
    'files': (layout.check_files, layout.plant_files),
    'format': (layout.check_format, layout.plant_format),
}


def prove(check, plant, tools):
    """The check reports every file of a planted tree that breaks the rule, and no other."""
    with tempfile.TemporaryDirectory(prefix='trail-house-') as folder:
        tree = tools.over(Path(folder), Path(folder, 'build'))
        guilty = plant(tree)
        found = check(tree)
        missed = [name for name in guilty if not any(name in finding for finding in found)]
        if missed or len(found) != len(guilty):
            print('planted:', *guilty, sep='\n  ')
            print('but found:', *found, sep='\n  ')
            return False
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('check', choices=CHECKS)
    parser.add_argument('--sources', type=Path, required=True)
    parser.add_argument('--build', type=Path)
    parser.add_argument('--cc')
    parser.add_argument('--nm')
    parser.add_argument('--include', default='', help="where libraries' headers are, by ;")
    arguments = parser.parse_args()
    check, plant = CHECKS[arguments.check]
    tree = objects.Tree(arguments.sources.resolve(), arguments.build, arguments.cc, arguments.nm,
                        [folder for folder in arguments.include.split(';') if folder])
    try:
        if not prove(check, plant, tree):
            return 1
        found = check(tree)
    except layout.Skipped as reason:
        print(f'skipped: {reason}')
        return 77
    print(*found, sep='\n')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
